import ModelFiles

/// Keras 3's `model.weights.h5`: one group an object, variables numbered inside.
enum WeightsFile {
  /// The file's contents for these groups.
  static func image(_ groups: [WeightGroup]) throws -> HDF5Image {
    let writer = HDF5Writer()
    for group in groups {
      let target = try writer.root.group(at: group.path)
      try target.setAttribute("name", .string(group.name))
      for (index, variable) in group.variables.enumerated() {
        if group.adaptation?.weight === variable {
          try target.addDataset("\(index)", group.value(of: variable).arrayData())
        } else {
          guard let type = variable.elementType else { throw variable.notWritable }
          try target.addDataset(
            "\(index)", elementType: type, shape: variable.shape.dimensions, contents: variable.write)
        }
      }
    }
    return try writer.image()
  }

  /// Fills the groups' variables from a file. Every variable must be there and every dataset of the file be used.
  ///
  /// - Parameter ignoring: paths whose datasets need not be used: the optimizer's, as a rule.
  /// - Throws: `KerasError` that lists what is missing, unexpected or of another shape; then nothing has changed.
  static func load(_ groups: [WeightGroup], from root: HDF5Group, ignoring: [String], file: String) throws {
    _ = try plan(groups, WeightNames(), from: root, ignoring: ignoring).load(WeightLoadingOptions(), file: file)
  }

  /// Matches the groups' variables with the datasets of a file.
  static func plan(
    _ groups: [WeightGroup], _ names: WeightNames, from root: HDF5Group, ignoring: [String]
  ) throws -> WeightPlan {
    var plan = WeightPlan(names)
    var used: Set<String> = []
    for group in groups {
      for (index, variable) in group.variables.enumerated() {
        if let (path, dataset) = find("\(group.path)/\(index)", in: root) {
          used.insert(path)
          plan.match(variable, StoredArray(dataset))
        } else if !group.isOptional {
          plan.miss(variable)
        }
      }
      if let adaptation = group.adaptation { plan.whenLoaded(adaptation.clear) }
    }
    try datasets(root, "") { path, dataset in
      if !used.contains(path), !ignoring.contains(where: { path.hasPrefix($0) }), !path.contains("seed_generator") {
        plan.leave(StoredArray(dataset))
      }
    }
    return plan
  }

  /// The dataset at a path, also under the names of older Keras versions.
  private static func find(_ path: String, in root: HDF5Group) -> (path: String, dataset: HDF5Dataset)? {
    if let dataset = dataset(path, in: root) { return (path, dataset) }
    // Attention layers of Keras 3.0 kept their projections in private attributes; files of TF 2.13 listed layers
    // under another attribute.
    let parts = path.split(separator: "/").map(String.init)
    let private3 = parts.map { $0.hasSuffix("_dense") ? "_\($0)" : $0 }.joined(separator: "/")
    if private3 != path, let dataset = dataset(private3, in: root) { return (private3, dataset) }
    let early = parts.map { $0 == "layers" ? "_layer_checkpoint_dependencies" : $0 }.joined(separator: "/")
    if early != path, let dataset = dataset(early, in: root) { return (early, dataset) }
    return nil
  }

  private static func dataset(_ path: String, in root: HDF5Group) -> HDF5Dataset? {
    let parts = path.split(separator: "/").map(String.init)
    var group = root
    for part in parts.dropLast() {
      guard group.contains(part), let next = try? group.group(part) else { return nil }
      group = next
    }
    guard let last = parts.last, group.contains(last) else { return nil }
    return try? group.dataset(last)
  }

  private static func datasets(_ group: HDF5Group, _ path: String, _ body: (String, HDF5Dataset) -> Void) throws {
    for name in group.names {
      let full = path.isEmpty ? name : "\(path)/\(name)"
      switch try group.child(name) {
      case .group(let inner): try datasets(inner, full, body)
      case .dataset(let dataset): body(full, dataset)
      case .datatype: break
      }
    }
  }
}
