import ModelFiles

/// The weights in a legacy `.h5` file: a group a layer, whose arrays stand in the order of its `weight_names`.
struct LegacyWeights {
  /// A layer's arrays: the trainable ones first, those of layers inside it in one list.
  struct Entry {
    let layer: String
    let arrays: [StoredArray]
  }

  /// The layers with weights, in the order of the saved model.
  let entries: [Entry]
  /// The weights that belong to the model itself.
  private let topLevel: [StoredArray]
  let conversion: LegacyConversion
  let version: KerasVersion

  /// - Parameter group: `model_weights` of a whole model, or the root of a file of weights.
  init(_ group: HDF5Group, file: String) throws {
    guard let names = try group.chunkedStrings("layer_names") else {
      throw KerasError(.invalidFile, file, "has no layer_names, so no weights of Keras's older format")
    }
    func arrays(_ name: String) throws -> [StoredArray] {
      let layer = try group.group(name)
      return try (layer.chunkedStrings("weight_names") ?? []).map { StoredArray(try layer.dataset($0)) }
    }
    entries = try names.map { Entry(layer: $0, arrays: try arrays($0)) }.filter { !$0.arrays.isEmpty }
    topLevel =
      group.contains("top_level_model_weights") && !names.contains("top_level_model_weights")
      ? try arrays("top_level_model_weights") : []
    version = try group.attribute("keras_version")?.string.flatMap { KerasVersion($0) } ?? .keras1
    // Keras 1 did not always note the backend, but only TensorFlow numbers its variables: `dense_1_W:0`.
    let isNumbered = entries.contains { $0.arrays.contains { $0.name.hasSuffix(":0") } }
    let backend = try group.attribute("backend")?.string ?? (version.isKeras1 && !isNumbered ? "theano" : nil)
    conversion = LegacyConversion(isKeras1: version.isKeras1, backend: backend)
  }

  /// Matches the file with a model: by position among the layers with weights, as Keras does, or by layer names.
  ///
  /// - Throws: `KerasError` where the numbers of layers with weights differ, or arrays cannot be converted.
  func plan(for model: Model, byName: Bool, file: String, isOwnModel: Bool = false) throws -> WeightPlan {
    var plan = WeightPlan(WeightNames(model))
    let layers = model.layers.filter { !$0.weights.isEmpty }
    if byName {
      var rest = Dictionary(entries.map { ($0.layer, $0) }, uniquingKeysWith: { first, _ in first })
      for layer in layers {
        plan.match(layer, converted(rest.removeValue(forKey: layer.name), for: layer))
      }
      for entry in entries where rest[entry.layer] != nil { entry.arrays.forEach { plan.leave($0) } }
    } else {
      guard layers.count == entries.count else {
        func list(_ names: [String]) -> String { names.prefix(20).joined(separator: ", ") }
        throw KerasError(
          .invalidFile, file,
          "has \(entries.count) layers with weights (\(list(entries.map(\.layer)))), the model has \(layers.count) "
            + "(\(list(layers.map(\.name)))). "
            + (isOwnModel
              ? "The file was put together from two models; save it again"
              : "Use the model that the file is of, or byName to load what both have"))
      }
      for (layer, entry) in zip(layers, entries) {
        plan.match(layer, converted(entry, for: layer))
      }
    }
    plan.match(model.ownLegacyWeights, topLevel)
    return plan
  }

  private func converted(_ entry: Entry?, for layer: Layer) -> [StoredArray] {
    guard let entry else { return [] }
    return conversion.converted(entry.arrays, for: layer)
  }

  /// Whether every layer of the file is one of the model by name, and the other way round.
  func hasLayers(of model: Model) -> Bool {
    let names = model.layers.filter { !$0.weights.isEmpty }.map(\.name)
    return Set(names) == Set(entries.map(\.layer)) && Set(names).count == entries.count
  }
}

extension WeightPlan {
  fileprivate mutating func match(_ layer: Layer, _ arrays: [StoredArray]) {
    if !(layer is Model) { compare(layer, arrays.map(\.shape), \.legacyWeights) }
    match(layer.legacyWeights, arrays)
  }
}

extension Layer {
  /// The weights in the order of legacy files: what is trained now, then everything else.
  var legacyWeights: [Variable] { trainableWeights + nonTrainableWeights }

  /// Those of `legacyWeights` that do not belong to a layer inside.
  var ownLegacyWeights: [Variable] {
    ownVariables.filter(\.trainable) + ownVariables.filter { !$0.trainable }
  }
}
