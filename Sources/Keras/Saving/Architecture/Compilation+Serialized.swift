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

  /// Reads a `compile_config`.
  ///
  /// - Throws: `KerasError` where optimizer, loss or a metric is unknown.
  init?(_ value: JSONValue) throws {
    guard let optimizer = value["optimizer"], !optimizer.isNull else { return nil }
    func list(_ key: String) -> [JSONValue] {
      guard let member = value[key], !member.isNull else { return [] }
      if let items = member.array { return items }
      if let object = member.object, object["class_name"] == nil { return object.map(\.value) }
      return [member]
    }
    func metrics(_ key: String) throws -> [[Metric]] {
      let items = list(key).filter { !$0.isNull }
      if items.contains(where: { $0.array != nil }) {
        return try items.map { try ($0.array ?? [$0]).filter { !$0.isNull }.map(MetricRegistry.make) }
      }
      return items.isEmpty ? [] : [try items.map(MetricRegistry.make)]
    }
    self.init(
      optimizer: try optimizerRegistry.make(optimizer),
      losses: list("loss").isEmpty ? [nil] : try list("loss").map { $0.isNull ? nil : try lossRegistry.make($0) },
      lossWeights: list("loss_weights").compactMap(\.double).isEmpty
        ? nil : list("loss_weights").compactMap(\.double),
      metrics: try metrics("metrics"), weightedMetrics: try metrics("weighted_metrics"))
  }
}
