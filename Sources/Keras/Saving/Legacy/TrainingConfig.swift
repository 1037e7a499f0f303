import ModelFiles

/// How a model is trained, as the `training_config` of legacy files says it.
///
/// Losses, their weights and metrics may be listed by the names of the outputs; metrics and losses may be functions in
/// wrappers, as Keras 2 wrote them.
struct TrainingConfig {
  private let config: JSONValue
  private let outputNames: [String]

  /// - Parameter model: the file's `model_config`.
  init(_ config: JSONValue, model: JSONValue) {
    self.config = config
    let outputs = model["config"]?["output_layers"]?.array ?? []
    outputNames = outputs.first?.string != nil ? [outputs[0].string ?? ""] : outputs.compactMap { $0[0]?.string }
  }

  /// The same as a `.keras` file's `compile_config`.
  var compileConfig: JSONValue {
    [
      "optimizer": config["optimizer_config"].map(optimizer) ?? nil, "loss": byOutput("loss", loss),
      "loss_weights": byOutput("loss_weights") { $0.isNull ? 1 : $0 }, "metrics": byOutput("metrics", metrics),
      "weighted_metrics": byOutput("weighted_metrics", metrics),
    ]
  }

  /// A member as a list in the order of the outputs where it names them.
  private func byOutput(_ key: String, _ change: (JSONValue) -> JSONValue) -> JSONValue {
    guard let member = config[key], !member.isNull else { return nil }
    if let object = member.object, object["class_name"] == nil {
      // A dictionary of outputs is known by its own keys.
      guard !outputNames.isEmpty else {
        return .object(object.keys.reduce(into: [:]) { $0[$1] = change(object[$1] ?? nil) })
      }
      return .array(outputNames.map { change(object[$0] ?? nil) })
    }
    if let items = member.array { return .array(items.map(change)) }
    return change(member)
  }

  private func metrics(_ value: JSONValue) -> JSONValue {
    if let items = value.array { return .array(items.map(metrics)) }
    return unwrapped(value)
  }

  private func loss(_ value: JSONValue) -> JSONValue {
    guard case .object(var object) = unwrapped(value), case .object(var arguments)? = object["config"],
      arguments["reduction"] == "none"
    else { return unwrapped(value) }
    arguments["reduction"] = .null
    object["config"] = .object(arguments)
    return .object(object)
  }

  /// The function in a wrapper of Keras 2, with its arguments.
  private func unwrapped(_ value: JSONValue) -> JSONValue {
    guard case .object(var object) = value, case .object(var arguments)? = object["config"],
      let function = arguments["fn"]?.string
    else { return value }
    arguments["fn"] = nil
    object["config"] = .object(arguments)
    if ["MeanMetricWrapper", "SumOverBatchSizeMetricWrapper", "LossFunctionWrapper"].contains(
      object["class_name"]?.string)
    {
      object["class_name"] = .string(function)
    }
    return .object(object)
  }

  private func optimizer(_ value: JSONValue) -> JSONValue {
    guard case .object(var object) = value, let className = object["class_name"]?.string else { return value }
    // TensorFlow registered its optimizers under this name.
    if className.hasPrefix("Custom>") { object["class_name"] = .string(String(className.dropFirst(7))) }
    return .object(object)
  }
}
