import ModelFiles

/// The variables of one object, under the path that Keras's weight files give it.
struct WeightGroup {
  /// `layers/dense_1/vars`.
  let path: String
  /// The object's own name, which files note beside its variables.
  let name: String
  let variables: [Variable]
  /// A seed generator's state: files may lack it.
  var isOptional = false
  /// What older Keras versions kept at the end of the group and nobody needs.
  var obsoleteCount = 0
  /// The layer, where there is an addition to one of the variables, which files store as one with it.
  var adapted: LowRankAdapted?
  /// Whose variables they are, where that is a layer.
  var layer: Layer?
  /// The model whose own variables these are; a file may hold how it was trained beside them.
  var model: Model? { layer as? Model }

  /// The path of the object itself, ending in `/` unless it is the model that the file is of.
  var place: String { String(path.dropLast("vars".count)) }

  /// What a file is to hold of variables, where it is not what they hold.
  var merged: [ObjectIdentifier: Tensor] {
    let weights = adapted?.mergedWeights ?? []
    return Dictionary(
      weights.map { (ObjectIdentifier($0.variable), $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}

extension Layer {
  /// The layer's variables and those of everything inside, by path, each object once.
  ///
  /// Layers of a model are numbered by class (`layers/dense`, `layers/dense_1`); layers inside a layer go by
  /// attribute in alphabetical order, private attributes last.
  func weightGroups(_ listing: LayerListing = .current) -> [WeightGroup] {
    var walk = WeightWalk(listing: listing)
    walk.visit(self, at: "")
    return walk.groups
  }
}

/// How a file lists the layers of a model.
enum LayerListing: CaseIterable {
  /// Under `layers`.
  case current
  /// Under `_layer_checkpoint_dependencies`, where TensorFlow 2.12 and 2.13 counted layers with weights twice.
  case doubledDependencies
  /// The same, where TensorFlow 2.14 counted every layer once.
  case dependencies

  static let attributes = ["layers", "_layer_checkpoint_dependencies"]

  var attribute: String { self == .current ? Self.attributes[0] : Self.attributes[1] }

  func places(of layer: Layer) -> Int { self == .doubledDependencies && !layer.weights.isEmpty ? 2 : 1 }
}

private struct WeightWalk {
  let listing: LayerListing
  private(set) var groups: [WeightGroup] = []
  private var seen: Set<ObjectIdentifier> = []

  init(listing: LayerListing) { self.listing = listing }

  mutating func visit(_ layer: Layer, at path: String) {
    guard seen.insert(ObjectIdentifier(layer)).inserted else { return }
    let own = layer.ownVariables.filter(\.trainable) + layer.ownVariables.filter { !$0.trainable }
    let adapted = (layer as? LowRankAdapted).flatMap { $0.adaptation == nil ? nil : $0 }
    groups.append(
      WeightGroup(
        path: join(path, "vars"), name: layer.name,
        variables: layer.storedVariables ?? adapted?.adaptation?.stored(own) ?? own,
        obsoleteCount: layer is Normalization ? 1 : 0, adapted: adapted, layer: layer))
    if let model = layer as? Model, model.hasLayerList {
      visitList(model.layers, at: join(path, listing.attribute), listing)
    } else {
      visitAttributes(layer, at: path)
    }
    for (index, generator) in layer.seedGenerators.enumerated() {
      let attribute = index == 0 ? "seed_generator" : "seed_generator_\(index)"
      groups.append(
        WeightGroup(
          path: join(path, "\(attribute)/vars"), name: attribute, variables: [generator.state], isOptional: true))
    }
  }

  private mutating func visitList(_ layers: [Layer], at path: String, _ listing: LayerListing = .current) {
    var counts: [String: Int] = [:]
    for layer in layers {
      let base = snakeCase(type(of: layer).pythonName)
      let count = counts[base, default: 0]
      counts[base] = count + listing.places(of: layer)
      visit(layer, at: join(path, count == 0 ? base : "\(base)_\(count)"))
    }
  }

  /// Attributes that hold a list end in `/`: what is inside is numbered by class.
  ///
  /// A model has all of them in an attribute of its own as well, whose turn comes before that of most.
  private mutating func visitAttributes(_ layer: Layer, at path: String) {
    var sublayers = layer.sublayers
    if layer is Model { sublayers += sublayers.map { ("\(listing.attribute)/", $0.layer) } }
    let names = Set(sublayers.map(\.attribute))
    for name in names.sorted(by: { ($0.hasPrefix("_") ? 1 : 0, $0) < ($1.hasPrefix("_") ? 1 : 0, $1) }) {
      let layers = sublayers.filter { $0.attribute == name }.map(\.layer)
      if name.hasSuffix("/") {
        visitList(layers, at: join(path, String(name.dropLast())))
      } else {
        for inner in layers { visit(inner, at: join(path, name)) }
      }
    }
  }

  private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path)/\(name)" }
}

extension Model {
  /// Whether files store the layers as a list rather than by attribute.
  var hasLayerList: Bool { graph != nil || self is Sequential }
}
