import ModelFiles

/// Keras 3's `model.weights.h5`: one group an object, variables numbered inside.
enum WeightsFile {
  /// The file's contents for these groups.
  static func image(_ groups: [WeightGroup]) throws -> HDF5Image {
    let writer = HDF5Writer()
    for group in groups {
      let target = try writer.root.group(at: group.path)
      try target.setAttribute("name", .string(group.name))
      let merged = group.merged
      for (index, variable) in group.variables.enumerated() {
        if let value = merged[ObjectIdentifier(variable)] {
          try target.addDataset("\(index)", value.arrayData())
        } else {
          guard let type = variable.elementType else { throw variable.notWritable }
          try target.addDataset(
            "\(index)", elementType: type, shape: variable.shape.dimensions, contents: variable.write)
        }
      }
    }
    return try writer.image()
  }

  /// What a file holds beside the weights: the optimizer and, in Keras 2, the metrics.
  static let trainingState = ["optimizer", "_optimizer", "metrics"]

  /// Matches the groups' variables with the datasets of one or, where they are spread, several files.
  static func plan(_ groups: [WeightGroup], _ names: WeightNames, from roots: [HDF5Group]) throws -> WeightPlan {
    var stored: [String: HDF5Dataset] = [:]
    for root in roots {
      for name in root.names where !trainingState.contains(name) {
        if case .group(let group) = try root.child(name) { try collect(group, name, &stored) }
      }
    }
    var plan = WeightPlan(names)
    for group in groups {
      compare(group, stored, &plan)
      for (index, variable) in group.variables.enumerated() {
        if let dataset = take("\(group.path)/\(index)", from: &stored) {
          plan.match(variable, StoredArray(dataset))
        } else if !group.isOptional {
          plan.miss(variable)
        }
      }
      if let adaptation = group.adapted?.adaptation { plan.whenLoaded(adaptation.clear) }
      for index in 0..<group.obsoleteCount { stored["\(group.path)/\(group.variables.count + index)"] = nil }
    }
    // How models inside were trained is no part of the weights.
    let trained = groups.compactMap { $0.model == nil ? nil : $0.place }
    let ignored = trained.flatMap { place in trainingState.map { "\(place)\($0)/" } }
    for (path, dataset) in stored.sorted(by: { $0.key < $1.key })
    where !path.contains("seed_generator") && !ignored.contains(where: path.hasPrefix) {
      plan.leave(StoredArray(dataset))
    }
    return plan
  }

  /// Notes where a layer makes other weights than its group in the file has.
  private static func compare(_ group: WeightGroup, _ stored: [String: HDF5Dataset], _ plan: inout WeightPlan) {
    guard let layer = group.layer, group.adapted == nil, layer.storedVariables == nil else { return }
    var shapes: [[Int]] = []
    while let dataset = stored["\(group.path)/\(shapes.count)"] { shapes.append(dataset.shape) }
    if shapes.count == group.variables.count + group.obsoleteCount { shapes.removeLast(group.obsoleteCount) }
    plan.compare(layer, shapes) { layer in
      layer.ownVariables.filter(\.trainable) + layer.ownVariables.filter { !$0.trainable }
    }
  }

  /// The dataset at a path, also where Keras 3.0 and Keras 2 have it: they kept the projections of attention layers in
  /// private attributes.
  private static func take(_ path: String, from stored: inout [String: HDF5Dataset]) -> HDF5Dataset? {
    if let dataset = stored.removeValue(forKey: path) { return dataset }
    let parts = path.split(separator: "/").map { $0.hasSuffix("_dense") ? "_\($0)" : String($0) }
    return stored.removeValue(forKey: parts.joined(separator: "/"))
  }

  private static func collect(_ group: HDF5Group, _ path: String, _ stored: inout [String: HDF5Dataset]) throws {
    for name in group.names {
      let full = "\(path)/\(name)"
      switch try group.child(name) {
      case .group(let inner): try collect(inner, full, &stored)
      case .dataset(let dataset): stored[full] = dataset
      case .datatype: break
      }
    }
  }
}
