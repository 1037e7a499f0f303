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
        try target.addDataset("\(index)", group.value(of: variable).arrayData())
      }
    }
    return try writer.image()
  }

  /// Fills the groups' variables from a file. Every variable must be there and every dataset of the file be used.
  ///
  /// - Parameter ignoring: paths whose datasets need not be used: the optimizer's, as a rule.
  /// - Throws: `KerasError` that lists what is missing, unexpected or of another shape; then nothing has changed.
  static func load(_ groups: [WeightGroup], from root: HDF5Group, ignoring: [String], file: String) throws {
    var missing: [String] = []
    var used: Set<String> = []
    var values: [(Variable, HDF5Dataset)] = []
    for group in groups {
      for (index, variable) in group.variables.enumerated() {
        guard let (path, dataset) = find("\(group.path)/\(index)", in: root) else {
          if !group.isOptional { missing.append("\(group.path)/\(index) (\(variable.path), \(variable.shape))") }
          continue
        }
        used.insert(path)
        guard dataset.shape == variable.shape.dimensions else {
          throw KerasError(
            .incompatibleShape, file,
            "\(path) has shape \(dataset.shape), \(variable.path) needs \(variable.shape); the file is of another model"
          )
        }
        values.append((variable, dataset))
      }
    }
    var unexpected: [String] = []
    try datasets(root, "") { path, _ in
      if !used.contains(path), !ignoring.contains(where: { path.hasPrefix($0) }), !path.contains("seed_generator") {
        unexpected.append(path)
      }
    }
    guard missing.isEmpty, unexpected.isEmpty else {
      func list(_ items: [String]) -> String { items.isEmpty ? "none" : items.prefix(8).joined(separator: ", ") }
      throw KerasError(
        .invalidFile, file,
        "does not fit the model. Missing in the file: \(list(missing)). In the file but not in the model: "
          + "\(list(unexpected))")
    }
    for (variable, dataset) in values { try variable.assign(Tensor(try dataset.read())) }
    for group in groups { group.adaptation?.clear() }
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
