import ModelFiles

/// Weights as Keras 3 stores them: by the classes and numbers of layers, with the layers' names noted beside them.
struct PathWeights {
  private let roots: [HDF5Group]

  /// - Parameter roots: of one file, or of all over which Keras has spread the weights.
  init(_ roots: [HDF5Group]) { self.roots = roots }

  /// The listing in which the file has most of the model's layers.
  private func listing(of model: Model) -> LayerListing {
    let possible = LayerListing.allCases.filter { listing in roots.contains { $0.contains(listing.attribute) } }
    guard possible.contains(.dependencies) else { return .current }
    func count(_ listing: LayerListing) -> Int {
      model.weightGroups(listing).count { group in roots.contains { (try? $0.descendant(group.path)) != nil } }
    }
    return possible.max { count($0) < count($1) } ?? .current
  }

  func plan(for model: Model, byName: Bool) throws -> WeightPlan {
    let names = WeightNames(model)
    let groups = model.weightGroups(listing(of: model))
    guard byName else { return try WeightsFile.plan(groups, names, from: roots) }
    var plan = WeightPlan(names)
    var stored: [String: [StoredArray]] = [:]
    for root in roots { try collect(root, at: [], &stored) }
    let layerNames = Dictionary(
      groups.map { ($0.path.split(separator: "/").dropLast().joined(separator: "/"), $0.name) },
      uniquingKeysWith: { first, _ in first })
    // How models inside were trained is no part of the weights.
    for model in groups where model.model != nil && !model.place.isEmpty {
      let place = named(String(model.place.dropLast()), layerNames)
      let ignored = WeightsFile.trainingState.map { "\(place)/\($0)/" }
      stored = stored.filter { path, _ in !ignored.contains(where: path.hasPrefix) }
    }
    for group in groups {
      let arrays = stored.removeValue(forKey: named(group.path, layerNames)) ?? []
      if !group.isOptional || arrays.count == group.variables.count { plan.match(group.variables, arrays) }
    }
    for (path, arrays) in stored.sorted(by: { $0.key < $1.key }) where !path.contains("seed_generator") {
      for array in arrays { plan.leave(array) }
    }
    return plan
  }

  /// The path with each layer's name for its class and number.
  private func named(_ path: String, _ layerNames: [String: String]) -> String {
    var result: [String] = []
    var place: [String] = []
    for part in path.split(separator: "/").map(String.init) {
      let isListed = place.last.map(LayerListing.attributes.contains) ?? false
      place.append(part)
      result.append(isListed ? layerNames[place.joined(separator: "/")] ?? part : part)
    }
    return result.joined(separator: "/")
  }

  /// All arrays of a group by named path, in order.
  private func collect(_ group: HDF5Group, at path: [String], _ stored: inout [String: [StoredArray]]) throws {
    for name in group.names where !(path.isEmpty && WeightsFile.trainingState.contains(name)) {
      guard case .group(let inner) = try group.child(name) else { continue }
      if name == "vars" {
        let numbers = inner.names.compactMap(Int.init).sorted()
        stored[(path + [name]).joined(separator: "/"), default: []] += try numbers.map {
          StoredArray(try inner.dataset("\($0)"))
        }
      } else {
        let isListed = path.last.map(LayerListing.attributes.contains) ?? false
        let layerName = isListed ? try nameOfLayer(inner) : nil
        try collect(inner, at: path + [layerName ?? name], &stored)
      }
    }
  }

  private func nameOfLayer(_ group: HDF5Group) throws -> String? {
    guard group.contains("vars") else { return nil }
    return try group.group("vars").attribute("name")?.string
  }
}
