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
  let lossTracker: Mean = LossMean(name: "loss")
  /// The metrics after names such as "accuracy" were resolved, by output; made at the first step.
  var resolved: [[Metric]]?
  var resolvedWeighted: [[Metric]]?
  /// The mean of each output's loss, by output, where several have one.
  var outputTrackers: [Int: Mean] = [:]
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
    if let graph {
      try compilation.check(outputCount: graph.outputs.count, model: name)
      try optimizer.checkVariables(trainableWeights)
    }
    self.compilation = compilation
    stepFunctions.removeAll()
  }

  /// Sets how a model with named outputs is trained: by the names of the layers that the outputs come from, or by their
  /// keys where the model has a dictionary of outputs.
  ///
  /// - Parameters:
  ///   - losses: an output that is left out is not trained on.
  ///   - lossWeights: how much each output's loss counts; 1 where none is given.
  /// - Throws: `KerasError` where a name is no output's.
  public func compile(
    optimizer: Optimizer = Adam(), losses: [String: any Loss], lossWeights: [String: Double] = [:],
    metrics: [String: [Metric]] = [:], weightedMetrics: [String: [Metric]] = [:]
  ) throws {
    if let deferredError { throw deferredError }
    func ordered<Part>(_ parts: [String: Part], _ argument: String) throws -> [Part?] {
      try outputNaming.ordered(parts, subject: "\(name), argument \(argument)")
    }
    let weights = try ordered(lossWeights, "lossWeights").map { $0 ?? 1 }
    try compile(
      optimizer: optimizer, losses: ordered(losses, "losses"), lossWeights: lossWeights.isEmpty ? nil : weights,
      metrics: metrics.isEmpty ? [] : ordered(metrics, "metrics").map { $0 ?? [] },
      weightedMetrics: weightedMetrics.isEmpty ? [] : ordered(weightedMetrics, "weightedMetrics").map { $0 ?? [] })
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

  var hasMetrics: Bool { (metrics + weightedMetrics).contains { !$0.isEmpty } }

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

  private var orderedTrackers: [Mean] { outputTrackers.sorted { $0.key < $1.key }.map(\.value) }

  /// Which target belongs to each output: the one in its place, or where there are only targets for the outputs with a
  /// loss, the next of them.
  func targetPositions(outputCount: Int, targetCount: Int) -> [Int?] {
    guard targetCount < outputCount else { return (0..<outputCount).map { $0 } }
    var next = 0
    return (0..<outputCount).map { index in
      guard loss(ofOutput: index) != nil else { return nil }
      defer { next += 1 }
      return next < targetCount ? next : nil
    }
  }

  /// All metrics in the order of the logs, the total loss first.
  var reported: [Metric] {
    [lossTracker] + orderedTrackers + (resolved ?? []).flatMap { $0 } + (resolvedWeighted ?? []).flatMap { $0 }
  }

  /// Makes the metrics that fit outputs and targets of these shapes.
  mutating func resolve(names: OutputNames, outputShapes: [[Int?]], targetShapes: [[Int?]?]) throws {
    guard resolved == nil else { return }
    func resolve(_ given: [[Metric]]) throws -> [[Metric]] {
      try given.enumerated().map { index, metrics in
        try metrics.map {
          try $0.resolved(
            loss: loss(ofOutput: index), outputShape: outputShapes[index],
            targetShape: targetShapes[index] ?? [])
        }
      }
    }
    resolved = try resolve(metrics)
    resolvedWeighted = try resolve(weightedMetrics)
    let trained = outputShapes.indices.compactMap { index in loss(ofOutput: index).map { (index, $0) } }
    guard trained.count > 1 else { return }
    for (index, loss) in trained { outputTrackers[index] = LossMean(name: "\(names.lossName(index, of: loss))_loss") }
  }

  /// The logs' names in order: metrics of several outputs carry the output's name; a weighted metric that an unweighted
  /// one shares its name with says so; further ones of a name are numbered.
  func logNames(_ outputNames: OutputNames) -> [String] {
    var counts: [String: Int] = [:]
    func unique(_ name: String) -> String {
      let count = counts[name, default: 0]
      counts[name] = count + 1
      return count == 0 ? name : "\(name)_\(count)"
    }
    func prefixed(_ metrics: [[Metric]], _ name: (Metric, (String) -> String) -> String) -> [String] {
      metrics.enumerated().flatMap { index, list in
        list.map { metric in
          name(metric) { text in
            guard metrics.count > 1, let prefix = outputNames.metricPrefix(index) else { return text }
            return "\(prefix)_\(text)"
          }
        }
      }
    }
    let plain = prefixed(resolved ?? []) { metric, full in unique(full(metric.name)) }
    let weighted = prefixed(resolvedWeighted ?? []) { metric, full in
      let name = full(metric.name)
      return unique(counts[name] == nil ? name : full("weighted_\(metric.name)"))
    }
    return ["loss"] + orderedTrackers.map(\.name) + plain + weighted
  }
}
