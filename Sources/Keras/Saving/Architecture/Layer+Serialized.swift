import ModelFiles

extension Layer {
  /// The layer as Keras's files describe it.
  var serialized: JSONValue {
    if let operation = self as? OperationLayer {
      return [
        "module": "keras.src.ops.numpy", "class_name": .string(operation.operationClass),
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
    if built, !(self is InputLayer), !buildInputShapes.isEmpty {
      let shapes = buildInputShapes.map { JSONValue($0) }
      object["build_config"] = ["input_shape": shapes.count == 1 ? shapes[0] : .array(shapes)]
    }
    return .object(object)
  }
}

extension Model {
  /// The architecture as JSON: what `Model(json:)` and Keras's `model_from_json` read.
  public func toJSON() -> String { serializedModel.serialized() }

  /// The model with how it is trained.
  var serializedModel: JSONValue {
    guard case .object(var object) = serialized else { return serialized }
    if let compilation { object["compile_config"] = compilation.serialized }
    return .object(object)
  }
}
