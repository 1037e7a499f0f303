import ModelFiles

/// Makes models and layers from configs of the current Keras version; `ConfigMigration` makes those of older ones.
enum ModelReader {
  /// The layer or model that an object with class_name and config describes.
  static func layer(_ value: JSONValue) throws -> Layer {
    if let shared = SharedLayers.read?.layer(for: value) { return shared }
    let layer = try described(value)
    SharedLayers.read?.note(layer, for: value)
    if let model = layer as? Model, let config = value["compile_config"] {
      // What an outer model does without need not be known here.
      do { try compile(model, config) } catch {
        model.loadWarnings.append("\(model.name) was not compiled as in the file: \(error)")
      }
    }
    let shapes = value["build_config"]
    layer.isBuiltAlone = [shapes?["input_shape"], shapes?["shapes_dict"]].contains { $0?.isNull == false }
    return layer
  }

  private static func described(_ value: JSONValue) throws -> Layer {
    guard let className = value["class_name"]?.string, let config = value["config"]?.object else {
      throw KerasError(.invalidFile, "config", "a layer must have class_name and config")
    }
    if TensorFlowFunction.classNames.contains(className) {
      let name = value["name"]?.string ?? config["name"]?.string ?? className
      return try TensorFlowFunction(className, name: name, config: config)
    }
    let registered = value["registered_name"]?.string
    switch className {
    case "Sequential": return try sequential(config)
    case "Functional", "Model":
      if config["layers"] != nil { return try functional(config) }
    default: break
    }
    if let registered, CustomObjects.type(named: registered) != nil {
      return try LayerRegistry.make(registered, config)
    }
    let module = value["module"]?.string ?? ""
    if module.contains(".ops.") || (!LayerRegistry.classes.contains(className) && OperationRegistry.contains(className))
    {
      return try OperationRegistry.make(className, name: value["name"]?.string, config: config)
    }
    return try LayerRegistry.make(className, config)
  }

  /// A model as a file of that Keras version describes it, compiled where the file says how unless `compile` is false.
  /// Its variables get their first numbers when these are needed, unless a file's replace them.
  static func model(_ description: JSONValue, version: KerasVersion, compile: Bool = true) throws -> Model {
    try VariableInitialization.$isDeferred.withValue(true) {
      try SharedLayers.$read.withValue(SharedLayers(in: description)) {
        try read(description, version: version, compile: compile)
      }
    }
  }

  private static func read(_ description: JSONValue, version: KerasVersion, compile: Bool) throws -> Model {
    let value = try ConfigMigration(from: version).migrated(description)
    return try $compiles.withValue(compile) {
      guard let model = try described(value) as? Model else {
        throw KerasError(.invalidFile, value["class_name"]?.string ?? "config", "describes a layer, not a model")
      }
      if !model.built { try build(model, value["build_config"] ?? nil) }
      if let config = value["compile_config"] { try self.compile(model, config) }
      return model
    }
  }

  /// Whether models are compiled as their descriptions say, the ones inside others among them.
  @TaskLocal private static var compiles = true

  private static func compile(_ model: Model, _ config: JSONValue) throws {
    guard compiles, let compilation = try Compilation(config, outputs: model.outputNaming) else { return }
    try model.compile(
      optimizer: compilation.optimizer, losses: compilation.losses, lossWeights: compilation.lossWeights,
      metrics: compilation.metrics, weightedMetrics: compilation.weightedMetrics)
  }

  /// Calls a model that is not made of symbolic tensors once, so that the layers inside have their variables.
  private static func build(_ model: Model, _ config: JSONValue) throws {
    let named = config["shapes_dict"]?.object?.map(\.value)
    let stored = named ?? config["input_shape"].map { $0[0]?.array == nil ? [$0] : $0.array ?? [] } ?? []
    let shapes = stored.compactMap(\.array).map { $0.map(\.int) }
    guard !shapes.isEmpty else { return }
    let inputs = shapes.map { Argument.tensor(InputLayer(batchShape: [nil] + $0.dropFirst()).output) }
    let outputs = model.apply(CallArguments(named == nil && inputs.count > 1 ? [.list(inputs)] : inputs))
    if let failure = outputs.first?.failure { throw failure }
  }

  private static func sequential(_ config: Config) throws -> Sequential {
    let layers = try (config["layers"]?.array ?? []).map(layer)
    let model = Sequential(layers, name: config["name"]?.string)
    if let error = model.deferredError { throw error }
    let shape = config["build_input_shape"]?.array ?? config["batch_input_shape"]?.array
    if !model.built, let shape { try model.buildIfNeeded(shapes: [shape.map(\.int)]) }
    freeze(model, config)
    return model
  }

  /// Freezes a model that was saved frozen. Setting `trainable` to true would thaw the layers inside.
  static func freeze(_ model: Model, _ config: Config) {
    if config["trainable"]?.bool == false { model.trainable = false }
  }

  private static func functional(_ config: Config) throws -> Model {
    var builder = try FunctionalReader(config)
    return try builder.model()
  }
}
