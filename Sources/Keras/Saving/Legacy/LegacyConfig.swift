import ModelFiles

/// Descriptions of models and layers in the words that Keras 3 and Keras 2 both read from `.h5` files.
///
/// Keras 2 refuses arguments that it does not know, so those are left out while they have their defaults. A model that
/// uses one of them, or a layer that only Keras 3 has, still opens in Keras 3.
struct LegacyConfig {
  /// Arguments that Keras 2 does not know, with the values that mean the same as leaving them out.
  private static let defaults: [String: JSONValue] = [
    "quantization_config": nil, "zero_output_for_mask": false, "seed": nil, "sliding_window": nil, "use_gate": false,
    "rms_scaling": false,
    "lora_rank": nil, "lora_alpha": nil, "renorm": false, "renorm_clipping": nil, "renorm_momentum": 0.99,
    "synchronized": false, "input_axes": nil, "output_axes": nil, "optional": false, "ragged": false, "sparse": false,
    "activity_regularizer": nil, "autocast": true, "weight_decay": nil, "clipnorm": nil, "global_clipnorm": nil,
    "clipvalue": nil, "use_ema": false, "ema_momentum": 0.99, "ema_overwrite_frequency": nil,
    "loss_scale_factor": nil, "gradient_accumulation_steps": nil,
  ]
  /// A value that Keras 3 takes for its function of that name, with which it then refuses the layer.
  private static let mistaken: [String: JSONValue] = ["score_mode": "dot"]
  /// Arguments of Resizing that Keras 2 does not know; other layers have other defaults for them.
  private static let resizingDefaults: [String: JSONValue] = [
    "antialias": false, "fill_mode": "constant", "fill_value": 0.0, "pad_to_aspect_ratio": false,
  ]
  /// Layers whose `data_format` Keras 2 does not know.
  private static let alwaysChannelsLast: Set<String> = ["CenterCrop", "Resizing", "ZeroPadding1D"]

  /// The model's architecture.
  ///
  /// - Throws: `KerasError` where the model uses operations without a layer, which the format cannot express.
  static func model(_ model: Model) throws -> JSONValue {
    guard model.hasLayerList else {
      throw KerasError(
        .invalidArgument, model.name, "is not made of layers that the .h5 format can describe; save it as .keras")
    }
    let models = ([model] + model.flattenedSublayers).compactMap { ($0 as? Model)?.graph }
    let masks = models.map(ImplicitMasks.init)
    for layer in [model] + model.flattenedSublayers {
      if let operation = layer as? OperationLayer, !masks.contains(where: { $0.contains(operation) }) {
        throw KerasError(
          .invalidArgument, operation.name,
          "is the operation \(operation.operationClass), which the .h5 format cannot describe; save the model as .keras"
        )
      }
    }
    return bare(ImplicitMasks.$areLeftOut.withValue(true) { model.serialized })
  }

  /// How the model is trained.
  static func training(_ compilation: Compilation, of model: Model) -> JSONValue {
    let config = compilation.serialized(model.outputNaming.structure)
    var result: JSONObject = [:]
    for key in ["loss", "metrics", "weighted_metrics"] { result[key] = bare(config[key] ?? nil) }
    result["loss_weights"] = config["loss_weights"] ?? nil
    result["optimizer_config"] = bare(config["optimizer"] ?? nil)
    return .object(result)
  }

  /// Objects whose kind is known from their place: without `module`, under their registered names.
  private static func bare(_ object: JSONValue) -> JSONValue {
    if let items = object.array { return .array(items.map(bare)) }
    if let members = object.object, members["class_name"] == nil {
      return .object(members.keys.reduce(into: [:]) { $0[$1] = bare(members[$1] ?? nil) })
    }
    guard case .object(var result) = value(object) else { return object }
    // Of objects without a module Keras 3 forgets a list of axes.
    if let axes = result["config"]?["axis"]?.array, axes.count > 1 { return .object(result) }
    if let registered = result["registered_name"]?.string, registered != "Functional" {
      result["class_name"] = .string(registered)
    } else if let className = result["class_name"]?.string {
      result["class_name"] = .string(LayerRegistry.pythonName(of: className))
    }
    result["module"] = nil
    result["registered_name"] = nil
    return .object(result)
  }

  /// The layers of a model. Where there are models among them, calls stay in the form of Keras 3: the versions number
  /// those of models differently.
  private static func layers(_ layers: [JSONValue]) -> [JSONValue] {
    guard layers.contains(where: { $0["config"]?["layers"] != nil }) else { return layers.map(bare) }
    return layers.map { layer in
      guard case .object(var result) = bare(layer), let nodes = layer["inbound_nodes"] else { return bare(layer) }
      result["inbound_nodes"] = value(nodes)
      return .object(result)
    }
  }

  private static func value(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let items): return .array(items.map(self.value))
    case .object(let object): return self.object(object)
    default: return value
    }
  }

  private static func object(_ object: JSONObject) -> JSONValue {
    guard let className = object["class_name"]?.string, let config = object["config"]?.object else {
      return .object(mapped(object))
    }
    if className == "DTypePolicy" { return config["name"] ?? nil }
    var arguments: Config = [:]
    for (key, argument) in config where !isDefault(key, argument, of: className) {
      arguments[key] = key == "layers" ? .array(layers(argument.array ?? [])) : value(argument)
    }
    switch className {
    case "InputLayer": arguments.rename("batch_shape", to: "batch_input_shape")
    case "LeakyReLU": arguments.rename("negative_slope", to: "alpha")
    default: break
    }
    if alwaysChannelsLast.contains(className), arguments["data_format"] == "channels_last" {
      arguments["data_format"] = nil
    }
    var result = object
    result["config"] = .object(arguments)
    result["build_config"] = nil
    result["compile_config"] = nil
    if let nodes = object["inbound_nodes"]?.array { result["inbound_nodes"] = .array(nodes.map(node)) }
    return .object(result)
  }

  private static func isDefault(_ key: String, _ argument: JSONValue, of className: String) -> Bool {
    if className == "AdamW", key == "weight_decay" { return false }
    if mistaken[key] == argument { return true }
    return defaults[key] == argument || (className == "Resizing" && resizingDefaults[key] == argument)
  }

  private static func mapped(_ object: JSONObject) -> JSONObject {
    var result: JSONObject = [:]
    for (key, member) in object { result[key] = value(member) }
    return result
  }

  /// A call as Keras 2 lists it, `[[layer, call, output, arguments], …]`, where all tensors are in the first argument;
  /// Keras 3 reads others only in its own form.
  private static func node(_ node: JSONValue) -> JSONValue {
    guard let first = node["args"]?[0], node["args"]?.array?.count == 1, let keyword = node["kwargs"]?.object,
      let references = references(first), !keyword.contains(where: { holdsTensor($0.value) })
    else { return value(node) }
    var arguments: JSONObject = [:]
    for (key, argument) in keyword where !argument.isNull { arguments[key] = argument }
    return .array(references.map { .array($0 + [.object(arguments)]) })
  }

  private static func references(_ argument: JSONValue) -> [[JSONValue]]? {
    if let reference = reference(argument) { return [reference] }
    guard let items = argument.array, !items.isEmpty else { return nil }
    let references = items.compactMap(reference)
    return references.count == items.count ? references : nil
  }

  private static func reference(_ argument: JSONValue) -> [JSONValue]? {
    guard argument["class_name"] == "__keras_tensor__" else { return nil }
    return argument["config"]?["keras_history"]?.array
  }

  private static func holdsTensor(_ argument: JSONValue) -> Bool {
    argument.array?.contains(where: holdsTensor) ?? (argument["class_name"] != nil)
  }
}
