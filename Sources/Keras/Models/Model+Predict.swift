import Graph

extension Model {
  /// The output for each sample, in inference mode. May run on many threads at once.
  ///
  /// - Parameters:
  ///   - x: samples along the first axis.
  ///   - batchSize: samples computed at a time; where the model's input fixes their number, that one.
  /// - Throws: `KerasError` where the data does not fit the model, `CancellationError` where the task is cancelled.
  public func predict(_ x: Tensor, batchSize: Int = 32, verbose: Verbosity = .silent) throws -> Tensor {
    let outputs = try predict([x], batchSize: batchSize, verbose: verbose)
    guard outputs.count == 1 else {
      throw KerasError(.invalidModel, name, "has \(outputs.count) outputs: use predict with a list of inputs")
    }
    return outputs[0]
  }

  /// The outputs of a model with several inputs or outputs.
  public func predict(_ x: [Tensor], batchSize: Int = 32, verbose: Verbosity = .silent) throws -> [Tensor] {
    if let deferredError { throw deferredError }
    guard batchSize > 0 else {
      throw KerasError(.invalidArgument, "\(name), argument batchSize", "must be at least 1, found \(batchSize)")
    }
    let source = try BatchSource(inputs: x)
    if !built { try buildIfNeeded(shapes: source.inputs.map { $0.type.shape.dimensions.map(Optional.some) }) }
    try check(source, withTargets: false)
    try Task.checkCancellation()
    let batchSize = stepSize(batchSize)
    if source.count <= batchSize {
      return try predictFunction(source.inputs.map(\.type)).run(source.inputs).map { Tensor($0) }
    }
    return try predictInBatches(source, batchSize, verbose).map { Tensor($0) }
  }

  /// Computes batch by batch into outputs that are made once.
  private func predictInBatches(_ source: BatchSource, _ batchSize: Int, _ verbose: Verbosity) throws -> [Buffer] {
    let steps = (source.count + batchSize - 1) / batchSize
    var progress = ProgressBar(steps: steps, verbose: verbose)
    var outputs: [Buffer] = []
    var function: CompiledFunction?
    var size = 0
    for index in 0..<steps {
      try Task.checkCancellation()
      let range = index * batchSize..<min((index + 1) * batchSize, source.count)
      let inputs = source.inputs.map { $0.rows(range) }
      if function == nil || size != range.count {
        function = try predictFunction(inputs.map(\.type))
        size = range.count
      }
      guard let function else { break }
      if outputs.isEmpty {
        outputs = try function.outputTypes.map { type in
          guard type.shape.rank > 0, type.shape[0] == range.count else {
            throw KerasError(
              .incompatibleShape, name, "an output of shape \(type.shape) has no samples; predict all in one batch")
          }
          return Buffer(TensorType(type.dtype, type.shape.replacing(axis: 0, with: source.count)))
        }
      }
      try function.run(inputs, into: outputs.map { $0.rows(range) })
      progress.step(index + 1, Logs())
    }
    progress.finish(Logs())
    return outputs
  }

  /// Trains on one batch.
  ///
  /// - Returns: loss and metrics of this batch.
  @discardableResult
  public func trainOnBatch(_ x: [Tensor], _ y: [Tensor], sampleWeights: [Tensor] = []) throws -> Logs {
    let source = try BatchSource(inputs: x, targets: y, sampleWeights: sampleWeights)
    try prepare(source)
    let step = try BatchStep(self, source, count: source.count, kind: .train)
    resetMetrics()
    try step.run(0..<source.count)
    return step.logs
  }
}
