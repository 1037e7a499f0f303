import ModelFiles

/// Writes whole models and weights in Keras's older `.h5` format.
struct LegacyModelWriter {
  /// What Keras 2 takes as "no kernel needs to be flipped".
  private static let backend = "tensorflow"
  /// Where the optimizer's state goes. Keras 3 cannot train a model on that it reads a state with from where it itself
  /// keeps it in this format, `optimizer_weights`: it leaves the state out here and starts with a fresh optimizer.
  static let optimizerGroup = "optimizer_variables"
  private let writer = HDF5Writer()
  private let model: Model

  /// - Parameter withArchitecture: false for a file of weights alone.
  /// - Throws: `KerasError` where the format cannot express the model.
  init(_ model: Model, withArchitecture: Bool) throws {
    self.model = model
    let root = writer.root
    guard withArchitecture else {
      try add(weightsTo: root)
      return
    }
    try root.setAttribute("keras_version", .string(KerasVersion.current.description))
    try root.setAttribute("backend", .string(Self.backend))
    try root.setAttribute("model_config", .string(LegacyConfig.model(model).serialized()))
    if let compilation = model.compilation {
      try root.setAttribute("training_config", .string(LegacyConfig.training(compilation, of: model).serialized()))
    }
    try add(weightsTo: root.addGroup("model_weights"))
    if let optimizer = model.compilation?.optimizer {
      try add(optimizer.variables.map { ($0.path, $0) }, to: root.addGroup(Self.optimizerGroup))
    }
  }

  /// Replaces the file at `path` when all is written.
  func write(to path: String) throws {
    let image = try writer.image()
    try AtomicFile.write(to: path) { file throws(ModelFileError) in try image.write(to: file) }
  }

  private func add(weightsTo group: HDF5GroupBuilder) throws {
    try group.setChunkedStrings("layer_names", model.layers.map(\.name))
    try group.setAttribute("backend", .string(Self.backend))
    try group.setAttribute("keras_version", .string(KerasVersion.current.description))
    let names = WeightNames(model)
    for layer in model.layers {
      try add(layer.legacyWeights.map { (names[$0], $0) }, to: group.group(at: layer.name))
    }
    try add(
      model.ownLegacyWeights.map { (names[$0], $0) }, to: group.addGroup("top_level_model_weights"))
  }

  private func add(_ variables: [(name: String, variable: Variable)], to group: HDF5GroupBuilder) throws {
    var taken: Set<String> = []
    // Optimizers name what they keep after the weights' paths, which models inside the model may share.
    let names = variables.map { taken.insertUnique($0.name) }
    try group.setChunkedStrings("weight_names", names)
    for (name, (_, variable)) in zip(names, variables) {
      guard let type = variable.elementType else { throw variable.notWritable }
      let place = name.split(separator: "/").map(String.init)
      let target = try group.group(at: place.dropLast().joined(separator: "/"))
      if variable.dtype == .bfloat16 {
        // The format has no such numbers that Keras reads.
        try target.addDataset(place.last ?? name, variable.value.asType(.float32).arrayData())
      } else {
        try target.addDataset(
          place.last ?? name, elementType: type, shape: variable.shape.dimensions, contents: variable.write)
      }
    }
  }
}
