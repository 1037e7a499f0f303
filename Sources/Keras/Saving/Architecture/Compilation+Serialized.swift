import ModelFiles

extension Compilation {
  /// What Keras stores as `compile_config`.
  var serialized: JSONValue {
    let losses = self.losses.map { $0?.serialized ?? nil }
    let metrics = self.metrics.map { JSONValue.array($0.map(\.serialized)) }
    let weighted = weightedMetrics.map { JSONValue.array($0.map(\.serialized)) }
    func unwrapped(_ items: [JSONValue]) -> JSONValue {
      items.isEmpty ? .null : items.count == 1 ? items[0] : .array(items)
    }
    return [
      "optimizer": optimizer.serialized, "loss": unwrapped(losses),
      "loss_weights": lossWeights.map { .array($0.map { .number($0) }) } ?? nil, "metrics": unwrapped(metrics),
      "weighted_metrics": unwrapped(weighted), "run_eagerly": false, "steps_per_execution": 1, "jit_compile": true,
    ]
  }

  /// Reads the `compile_config` of a model with these outputs.
  ///
  /// Losses, weights and metrics may stand for all outputs, in a list in their order, or by their names.
  ///
  /// - Throws: `KerasError` where optimizer, loss, a metric or an output's name is unknown.
  init?(_ value: JSONValue, outputNames: [String]) throws {
    guard let optimizer = value["optimizer"], !optimizer.isNull else { return nil }
    let members = OutputMembers(config: value, outputNames: outputNames)
    let weights = try members.values("loss_weights").map { $0?.double ?? 1 }
    self.init(
      optimizer: try optimizerRegistry.make(optimizer),
      losses: try members.values("loss").map { try $0.map(lossRegistry.make) },
      lossWeights: value["loss_weights"]?.isNull ?? true ? nil : weights,
      metrics: try members.metrics("metrics"), weightedMetrics: try members.metrics("weighted_metrics"))
  }
}

/// The members of a `compile_config` that hold something for each output.
private struct OutputMembers {
  let config: JSONValue
  let outputNames: [String]

  /// For each output what the member says of it, or a single entry that counts for all.
  func values(_ key: String) throws -> [JSONValue?] {
    guard let member = present(config[key]) else { return [nil] }
    if let items = member.array { return items.map(present) }
    return try byName(member, key) ?? [member]
  }

  func metrics(_ key: String) throws -> [[Metric]] {
    guard let member = present(config[key]) else { return [] }
    if let named = try byName(member, key) { return try named.map(made) }
    guard let items = member.array else { return [try made(member)] }
    guard outputNames.count > 1 else { return [try items.flatMap(made)] }
    if items.count == outputNames.count { return try items.map(made) }
    // Keras 2 gives all outputs the metrics of a list that has no part for each.
    return try outputNames.map { _ in try made(member) }
  }

  private func present(_ value: JSONValue?) -> JSONValue? {
    guard let value, !value.isNull else { return nil }
    return value
  }

  private func made(_ value: JSONValue?) throws -> [Metric] {
    guard let value = present(value) else { return [] }
    return try value.array?.flatMap(made) ?? [MetricRegistry.make(value)]
  }

  private func byName(_ member: JSONValue, _ key: String) throws -> [JSONValue?]? {
    guard let object = member.object, object["class_name"] == nil else { return nil }
    if let unknown = object.keys.first(where: { !outputNames.contains($0) }) {
      throw KerasError(
        .invalidFile, "compile_config, \(key)",
        "names the output \(unknown); the model's outputs are \(outputNames.joined(separator: ", "))")
    }
    return outputNames.map { present(object[$0]) }
  }
}
