import Graph

extension CallContext {
  /// A loop over the first axis of `sequences`: `carries, outputs[t] = body(carries, sequences[t])`.
  ///
  /// The body may read variables and any tensors of this call, and draw random numbers; variables that it assigns
  /// are carried from step to step and hold their last value after the loop. Losses that it adds are summed.
  ///
  /// - Parameters:
  ///   - carries: the state before the first step; the body's new state must have the same shapes and types.
  ///   - sequences: at least one tensor, all with the same first extent: the number of steps.
  ///   - reversed: whether to go from the last slice to the first; `outputs` stay in the order of the slices.
  ///   - body: one step, given the context to use inside, the state and one slice of each sequence.
  /// - Returns: the state after the last step and what the steps put out, stacked along a new first axis.
  public func scan(
    carries: [Tensor], sequences: [Tensor], reversed: Bool = false,
    body: (_ context: CallContext, _ carries: [Tensor], _ slices: [Tensor]) -> (carries: [Tensor], outputs: [Tensor])
  ) -> (carries: [Tensor], outputs: [Tensor]) {
    let inner = Trace(training: trace.mode, parent: trace)
    let state = carries.map { inner.input(TensorType($0.dtype, $0.shape)) }
    let slices = sequences.map {
      inner.input(TensorType($0.dtype, Shape(Array($0.shape.dimensions.dropFirst()))))
    }
    let step = body(recording(in: inner), state, slices)
    let results = step.carries + step.outputs
    do {
      if let failure = (sequences + carries + results).lazy.compactMap(\.failure).first { throw failure }
      let lengths = Set(sequences.map { $0.shape.dimensions.first })
      guard let length = lengths.first.flatMap({ $0 }), lengths.count == 1, step.carries.count == carries.count else {
        throw KerasError(.incompatibleShape, layer.name, "a loop's sequences must have the same number of steps")
      }
      let losses = inner.losses.isEmpty ? [] : [inner.losses.dropFirst().reduce(inner.losses[0], +)]
      let recorded = try inner.finishBody(results + losses)
      let loop = LoopBody(
        graph: recorded.graph, captured: recorded.captured, assigned: recorded.assigned.map(\.position),
        carryCount: carries.count, sliceCount: sequences.count)
      let (last, stacked) = loop.run(
        carries: carries.map(trace.lift), sequences: sequences.map(trace.lift), length: length, reversed: reversed,
        trace.builder)
      if let error = trace.firstError { throw error }
      if let error = trace.builder.firstError { throw error }
      for (assignment, value) in zip(recorded.assigned, last.dropFirst(carries.count)) {
        trace.assign(assignment.variable, Tensor(.traced(trace, value)))
      }
      let outputs = stacked.map { Tensor(.traced(trace, $0)) }
      if !losses.isEmpty, let total = outputs.last { addLoss(total.sum()) }
      return (last.prefix(carries.count).map { Tensor(.traced(trace, $0)) }, Array(outputs.prefix(step.outputs.count)))
    } catch {
      let failure = Tensor(failure: KerasError(wrapping: error, subject: layer.name))
      return (carries.map { _ in failure }, step.outputs.map { _ in failure })
    }
  }
}

/// A recorded body whose assigned variables are to become carries of the loop and whose other captured values its
/// constants.
private struct LoopBody {
  let graph: Graph
  let captured: [Expression]
  /// Positions among `captured`.
  let assigned: [Int]
  let carryCount: Int
  let sliceCount: Int

  func run(
    carries: [Expression], sequences: [Expression], length: Int, reversed: Bool, _ builder: GraphBuilder
  ) -> (carries: [Expression], outputs: [Expression]) {
    let constants = captured.indices.filter { !assigned.contains($0) }
    let outputCount = graph.outputs.count - carryCount - assigned.count
    return builder.scan(
      carries: carries + assigned.map { captured[$0] }, sequences: sequences, constants: constants.map { captured[$0] },
      length: length, reversed: reversed
    ) { state, slices, values in
      var arguments = Array(state.prefix(carryCount)) + slices
      arguments += captured.indices.map { position in
        if let carried = assigned.firstIndex(of: position) { return state[carryCount + carried] }
        return values[constants.firstIndex(of: position) ?? 0]
      }
      guard let inner = arguments.first?.builder else { return ([], []) }
      let results = inner.inline(graph, arguments)
      let (newState, rest) = (results.prefix(carryCount), results.dropFirst(carryCount))
      return (Array(newState) + Array(rest.dropFirst(outputCount)), Array(rest.prefix(outputCount)))
    }
  }
}
