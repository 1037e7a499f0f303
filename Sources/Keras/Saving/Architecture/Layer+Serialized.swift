import ModelFiles

extension Layer {
  /// The layer as Keras's files describe it.
  var serialized: JSONValue {
    if let standIn { return standIn.serialized }
    if let operation = self as? OperationLayer {
      return [
        "module": .string(OperationRegistry.module(of: operation.operationClass)),
        "class_name": .string(operation.operationClass),
        "config": .object(operation.baseConfig.merging(operation.config)),
        "registered_name": .string(operation.operationClass),
      ]
    }
    let className = type(of: self).className
    let known = LayerRegistry.classes.contains(className) || self is Sequential
    var object: Config = [
      "module": self is Sequential ? "keras" : known ? .string(type(of: self).pythonModule) : nil,
      "class_name": .string(className), "config": .object(baseConfig.merging(config)),
      "registered_name": known ? nil : .string(CustomObjects.name(of: type(of: self)) ?? className),
    ]
    if let model = self as? Model, model.hasLayerList, !(self is Sequential) {
      object["module"] = "keras.src.models.functional"
      object["registered_name"] = "Functional"
    }
    if let buildConfig { object["build_config"] = buildConfig }
    if let model = self as? Model, let compilation = model.compilation {
      object["compile_config"] = compilation.serialized(model.outputNaming.structure)
    }
    if let number = SharedLayers.written?.number(of: self) { object["shared_object_id"] = JSONValue(number) }
    return .object(object)
  }

  /// The shapes from which Keras builds the layer: by the names of a call's arguments where there are several, in a list
  /// where one argument is a list of tensors.
  private var buildConfig: JSONValue? {
    guard built, !(self is InputLayer), !buildInputShapes.isEmpty else { return nil }
    if (self as? Model)?.hasLayerList == true, !(self is Sequential) { return ["input_shape": nil] }
    let shapes = buildInputShapes.map { JSONValue($0) }
    if inputNames.count > 1 {
      var named: Config = [:]
      for (name, shape) in zip(inputNames, shapes) { named["\(name)_shape"] = shape }
      return ["shapes_dict": .object(named)]
    }
    return ["input_shape": shapes.count == 1 ? shapes[0] : .array(shapes)]
  }
}

extension Model {
  /// The architecture as JSON: what `Model(json:)` and Keras's `model_from_json` read.
  public func toJSON() -> String { serializedWithSharing.serialized() }

  /// The model as `serialized`, with a number at layers that are in several places: of models inside, say.
  var serializedWithSharing: JSONValue {
    let shared = SharedLayers()
    let plain = SharedLayers.$written.withValue(shared) { serialized }
    guard shared.numberThoseMetTwice() else { return plain }
    return SharedLayers.$written.withValue(shared) { serialized }
  }
}
