import ModelFiles

extension Compilation {
  /// What Keras stores as `compile_config` of a model with these outputs.
  func serialized(_ outputs: TensorStructure) -> JSONValue {
    let losses = self.losses.map { $0?.serialized ?? nil }
    let metrics = self.metrics.map { JSONValue.array($0.map(\.serialized)) }
    let weighted = weightedMetrics.map { JSONValue.array($0.map(\.serialized)) }
    func unwrapped(_ items: [JSONValue]) -> JSONValue {
      items.isEmpty ? .null : items.count == 1 ? items[0] : outputs.filled(items)
    }
    return [
      "optimizer": optimizer.serialized, "loss": unwrapped(losses),
      "loss_weights": lossWeights.map { unwrapped($0.map { .number($0) }) } ?? nil, "metrics": unwrapped(metrics),
      "weighted_metrics": unwrapped(weighted), "run_eagerly": false, "steps_per_execution": 1, "jit_compile": true,
    ]
  }

  /// Reads the `compile_config` of a model with these outputs.
  ///
  /// Losses, weights and metrics may stand for all outputs, in a list in their order, or by their names.
  ///
  /// - Throws: `KerasError` where optimizer, loss, a metric or an output's name is unknown.
  init?(_ value: JSONValue, outputs: OutputNames) throws {
    guard let optimizer = value["optimizer"], !optimizer.isNull else { return nil }
    let members = OutputMembers(config: value, outputs: outputs)
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
  let outputs: OutputNames

  /// For each output what the member says of it, or a single entry that counts for all.
  func values(_ key: String) throws -> [JSONValue?] {
    guard let member = present(config[key]) else { return [nil] }
    return try parts(member, key)?.map(present) ?? member.array?.map(present) ?? [member]
  }

  func metrics(_ key: String) throws -> [[Metric]] {
    guard let member = present(config[key]) else { return [] }
    let count = outputs.structure.paths.count
    // As in Keras, all metrics are those of the only output, however they are put together.
    guard count > 1 else { return [try made(member)] }
    if let keys = outputs.structure.keys, let layers = outputs.layers, Set(keys) == Set(layers),
      let items = member.array, items.count == count
    {
      // Keras takes a list in the order of the layers, also where the keys are their names in another order.
      return try keys.map { key in try made(layers.firstIndex(of: key).map { items[$0] }) }
    }
    if let parts = try parts(member, key) { return try parts.map(made) }
    // Keras 2 gives all outputs the metrics of a list that has no part for each.
    return try (0..<count).map { _ in try made(member) }
  }

  private func present(_ value: JSONValue?) -> JSONValue? {
    guard let value, !value.isNull else { return nil }
    return value
  }

  private func made(_ value: JSONValue?) throws -> [Metric] {
    guard let value = present(value) else { return [] }
    if let object = value.object, object["class_name"] == nil {
      return try object.keys.flatMap { try made(object[$0]) }
    }
    return try value.array?.flatMap(made) ?? [MetricRegistry.make(value)]
  }

  /// The parts of a list or dictionary in the outputs' order; `nil` where it has none for each output.
  private func parts(_ member: JSONValue, _ key: String) throws -> [JSONValue]? {
    if let object = member.object, object["class_name"] == nil {
      if let leaves = outputs.structure.leaves(of: member), !outputs.structure.isTensor { return leaves }
      if let unknown = object.keys.first(where: { !outputs.known.contains($0) }) {
        throw outputs.unknownName(unknown, "compile_config, \(key)", kind: .invalidFile)
      }
      return outputs.known.map { object[$0] ?? nil }
    }
    guard member.array != nil else { return nil }
    return outputs.structure.isTensor ? member.array : outputs.structure.leaves(of: member)
  }
}
