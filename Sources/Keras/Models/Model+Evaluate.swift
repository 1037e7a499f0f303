import Graph

extension Model {
  /// Forgets what the metrics have seen.
  public func resetMetrics() {
    for metric in compilation?.reported ?? [] { metric.reset() }
  }

  /// The loss and metrics on data, in inference mode.
  ///
  /// - Returns: names and values, the loss first.
  /// - Throws: `KerasError` where the data does not fit the model, `CancellationError` where the task is cancelled.
  @discardableResult
  public func evaluate(
    _ x: Tensor, _ y: Tensor, batchSize: Int = 32, verbose: Verbosity = .automatic, sampleWeight: Tensor? = nil
  ) throws -> Logs {
    try evaluate(
      [x], [y], batchSize: batchSize, verbose: verbose, sampleWeights: sampleWeight.map { [$0] } ?? [])
  }

  /// The loss and metrics of a model with several inputs or outputs.
  ///
  /// - Parameter sampleWeights: none, one array for all outputs, or one for each.
  @discardableResult
  public func evaluate(
    _ x: [Tensor], _ y: [Tensor], batchSize: Int = 32, verbose: Verbosity = .automatic, sampleWeights: [Tensor] = []
  ) throws -> Logs {
    _ = try requireCompilation()
    guard batchSize > 0 else {
      throw KerasError(.invalidArgument, "\(name), argument batchSize", "must be at least 1, found \(batchSize)")
    }
    let source = try BatchSource(inputs: x, targets: y, sampleWeights: sampleWeights)
    try prepare(source)
    return try evaluate(source, batchSize: batchSize, verbose: verbose)
  }

  func evaluate(_ source: BatchSource, batchSize: Int, verbose: Verbosity = .silent) throws -> Logs {
    let size = min(stepSize(batchSize), source.count)
    let steps = (source.count + size - 1) / size
    var progress = ProgressBar(steps: steps, verbose: verbose)
    var step: BatchStep?
    for index in 0..<steps {
      try Task.checkCancellation()
      let range = index * size..<min((index + 1) * size, source.count)
      if step?.count != range.count {
        let next = try BatchStep(self, source, count: range.count, kind: .evaluate)
        if step == nil { resetMetrics() }
        step = next
      }
      try step?.run(range)
      if let step { progress.step(index + 1, step.logs) }
    }
    let logs = step?.logs ?? Logs()
    progress.finish(logs)
    return logs
  }
}
