import Graph
import ModelFiles

/// How a model is trained: what `compile` was given.
public struct Compilation: Sendable {
  public let optimizer: Optimizer
  /// One for each output, or one for all.
  public let losses: [(any Loss)?]
  /// How much each output's loss counts.
  public let lossWeights: [Double]?
  /// For each output, or in one list for a model with one.
  public let metrics: [[Metric]]
  public let weightedMetrics: [[Metric]]
  /// The mean of the total loss.
  let lossTracker = Mean(name: "loss")
  /// The metrics after names such as "accuracy" were resolved, by output; made at the first step.
  var resolved: [[Metric]]?
  var resolvedWeighted: [[Metric]]?
  /// The mean of each output's loss, where there are several.
  var outputTrackers: [Mean] = []
}

extension Model {
  /// Sets how the model is trained.
  ///
  /// - Parameters:
  ///   - optimizer: changes the weights by their gradients.
  ///   - loss: what is minimised, for each output the same.
  ///   - metrics: what is reported besides the loss; sample weights do not count.
  ///   - weightedMetrics: likewise, with sample weights.
  /// - Throws: the first error met while the model was put together.
  public func compile(
    optimizer: Optimizer = Adam(), loss: (any Loss)? = nil, metrics: [Metric] = [], weightedMetrics: [Metric] = []
  ) throws {
    try compile(
      optimizer: optimizer, losses: [loss], metrics: metrics.isEmpty ? [] : [metrics],
      weightedMetrics: weightedMetrics.isEmpty ? [] : [weightedMetrics])
  }

  /// Sets how a model with several outputs is trained: losses, weights and metrics in the outputs' order.
  public func compile(
    optimizer: Optimizer = Adam(), losses: [(any Loss)?], lossWeights: [Double]? = nil, metrics: [[Metric]] = [],
    weightedMetrics: [[Metric]] = []
  ) throws {
    if let deferredError { throw deferredError }
    let compilation = Compilation(
      optimizer: optimizer, losses: losses, lossWeights: lossWeights, metrics: metrics,
      weightedMetrics: weightedMetrics)
    if let graph { try compilation.check(outputCount: graph.outputs.count, model: name) }
    self.compilation = compilation
    stepFunctions.removeAll()
  }

  /// What `compile` was given.
  func requireCompilation() throws -> Compilation {
    if let deferredError { throw deferredError }
    guard let compilation else {
      throw KerasError(.notReady, name, "must be compiled first: call compile(optimizer:loss:metrics:)")
    }
    return compilation
  }
}

extension Compilation {
  /// The loss of one output, or `nil` where it has none.
  func loss(ofOutput index: Int) -> (any Loss)? {
    losses.count == 1 ? losses[0] : losses.indices.contains(index) ? losses[index] : nil
  }

  /// - Throws: `KerasError` unless losses, weights and metrics are as many as a model's outputs, or one for all.
  func check(outputCount: Int, model: String) throws {
    func check(_ count: Int, _ argument: String) throws {
      guard count == 1 || count == outputCount else {
        throw KerasError(
          .invalidArgument, "\(model), argument \(argument)",
          "the model has \(outputCount) outputs, \(count) were given")
      }
    }
    try check(losses.count, "losses")
    if let lossWeights { try check(lossWeights.count, "lossWeights") }
    for (given, argument) in [(metrics, "metrics"), (weightedMetrics, "weightedMetrics")] where !given.isEmpty {
      try check(given.count, argument)
      guard outputCount == 1 || given.count != 1 else {
        throw KerasError(
          .invalidArgument, "\(model), argument \(argument)",
          "the model has \(outputCount) outputs: give a list of metrics for each")
      }
    }
  }

  /// All metrics in the order of the logs, the total loss first.
  var reported: [Metric] {
    [lossTracker] + outputTrackers + (resolved ?? []).flatMap { $0 } + (resolvedWeighted ?? []).flatMap { $0 }
  }

  /// Makes the metrics that fit outputs and targets of these shapes.
  mutating func resolve(outputNames: [String], outputShapes: [[Int?]], targetShapes: [[Int?]]) throws {
    guard resolved == nil else { return }
    func resolve(_ given: [[Metric]]) throws -> [[Metric]] {
      try given.enumerated().map { index, metrics in
        try metrics.map {
          try $0.resolved(
            loss: loss(ofOutput: index), outputShape: outputShapes[index],
            targetShape: targetShapes.indices.contains(index) ? targetShapes[index] : [])
        }
      }
    }
    resolved = try resolve(metrics)
    resolvedWeighted = try resolve(weightedMetrics)
    if outputShapes.count > 1 {
      outputTrackers = outputNames.map { Mean(name: "\($0)_loss") }
    }
  }

  /// The logs' names in order: metrics of several outputs carry the output's name; a weighted metric that an unweighted
  /// one shares its name with says so; further ones of a name are numbered.
  func names(outputNames: [String]) -> [String] {
    var counts: [String: Int] = [:]
    func unique(_ name: String) -> String {
      let count = counts[name, default: 0]
      counts[name] = count + 1
      return count == 0 ? name : "\(name)_\(count)"
    }
    func prefixed(_ metrics: [[Metric]], _ name: (Metric, (String) -> String) -> String) -> [String] {
      metrics.enumerated().flatMap { index, list in
        list.map { metric in
          name(metric) { outputNames.count > 1 ? "\(outputNames[index])_\($0)" : $0 }
        }
      }
    }
    let plain = prefixed(resolved ?? []) { metric, full in unique(full(metric.name)) }
    let weighted = prefixed(resolvedWeighted ?? []) { metric, full in
      let name = full(metric.name)
      return unique(counts[name] == nil ? name : full("weighted_\(metric.name)"))
    }
    return ["loss"] + outputTrackers.map(\.name) + plain + weighted
  }
}
