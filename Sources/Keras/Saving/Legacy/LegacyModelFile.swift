import ModelFiles

/// A whole model in a legacy `.h5` file: the architecture in attributes of the root, weights in `model_weights`, and the
/// optimizer's state in `optimizer_weights` (`optimizer_variables` in files written here).
struct LegacyModelFile {
  let path: String
  private let root: HDF5Group

  init(path: String) throws { try self.init(path: path, root: HDF5File(ByteSource(path: path)).root) }

  init(path: String, root: HDF5Group) {
    self.path = path
    self.root = root
  }

  /// The Keras version that wrote the file; Keras 1 did not always say.
  var version: KerasVersion {
    get throws {
      let place = root.contains("model_weights") ? try root.group("model_weights") : root
      let text = try root.attribute("keras_version")?.string ?? place.attribute("keras_version")?.string
      return text.flatMap { KerasVersion($0) } ?? .keras1
    }
  }

  /// The architecture, and how it is trained in the words of a `.keras` file.
  var description: JSONValue {
    get throws {
      guard let config = try json("model_config") else {
        throw KerasError(
          .invalidFile, path, "holds weights but no architecture; make the model and call loadWeights on it")
      }
      guard case .object(var object) = config else {
        throw KerasError(.invalidFile, path, "model_config must be an object, found \(config.kindName)")
      }
      if let training = try json("training_config") {
        object["compile_config"] = TrainingConfig(training, model: config).compileConfig
      }
      return .object(object)
    }
  }

  private func json(_ attribute: String) throws -> JSONValue? {
    guard let text = try root.attribute(attribute)?.string else { return nil }
    return try JSONValue(parsing: Array(text.utf8), name: "\(path): \(attribute)")
  }

  /// The model with its weights, and compiled with the optimizer's state unless `compile` is false.
  func model(compile: Bool) throws -> Model {
    let version = try version
    let model = try ModelReader.model(description, version: version, compile: compile)
    let weights = try weights
    // Names say more than positions where the file's layers are the model's; Keras goes by position alone.
    let plan = try weights.plan(for: model, byName: weights.hasLayers(of: model), file: path, isOwnModel: true)
    _ = try plan.load(WeightLoadingOptions(isOwnModel: true), file: path)
    let states = ["optimizer_weights", LegacyModelWriter.optimizerGroup]
    if let optimizer = model.compilation?.optimizer, let name = states.first(where: root.contains) {
      let state = try OptimizerState(legacy: root.group(name), root: root, version: version, weights: weights)
      if let warning = try state.load(into: optimizer, of: model) { model.loadWarnings.append(warning) }
    }
    return model
  }

  var weights: LegacyWeights {
    get throws {
      try LegacyWeights(root.contains("model_weights") ? root.group("model_weights") : root, file: path)
    }
  }
}
