import Graph

/// Models whose inputs say how many samples they take at a time, as those with stateful layers do.
extension Model {
  /// The samples that an input's shape asks for, or `nil` where any number goes.
  private var fixedBatchSize: Int? { graph?.inputs.lazy.compactMap { $0.shape.first ?? nil }.first { $0 > 0 } }

  /// The samples to compute at a time where the caller asked for `batchSize`.
  func stepSize(_ batchSize: Int) -> Int { fixedBatchSize ?? batchSize }

  /// - Throws: `KerasError` where the last step of training would have too few samples: filling it up would change what
  ///   batch normalization sees.
  func checkFullSteps(of count: Int) throws {
    guard let size = fixedBatchSize, count % size != 0 else { return }
    throw KerasError(
      .invalidData, name,
      "takes \(size) samples at a time, and \(count) leave \(count % size) over; train on a multiple of \(size)")
  }

  /// Records the outputs for a batch. One with fewer samples than the model takes is filled up with its last sample, and
  /// the outputs are those of the samples there are.
  ///
  /// - Throws: `KerasError` where what was filled in would count: in a state for each sample, or in the loss.
  func forwardFilled(_ inputs: [Tensor], _ trace: Trace) throws -> [Tensor] {
    guard let size = fixedBatchSize, let count = inputs.first?.shape[0], count < size else {
      return try forward(inputs, trace)
    }
    if let problem = TableLimit.problem(size) {
      throw KerasError(.invalidData, name, "takes \(size) samples at a time; to fill up \(count) \(problem)")
    }
    let rows = Tensor((0..<size).map { Int32(min($0, count - 1)) })
    let outputs = try forward(inputs.map { $0.take(rows) }, trace)
    guard trace.losses.isEmpty, trace.assigned.allSatisfy(\.isSeed) else {
      throw KerasError(
        .invalidData, name,
        "takes \(size) samples at a time and keeps a state or adds to the loss, and a batch has \(count); give a multiple of "
          + "\(size) samples")
    }
    return outputs.map { output in
      guard output.shape.rank > 0, output.shape[0] == size else { return output }
      return output.slice(axis: 0, 0..<count).masked(by: output.mask?.slice(axis: 0, 0..<count))
    }
  }
}
