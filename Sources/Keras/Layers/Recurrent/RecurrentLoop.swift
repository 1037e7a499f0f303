import Graph

/// The time steps of a cell: as one operation where there is one, else as a loop, or written out.
struct RecurrentLoop {
  /// One step: the output and the new states.
  typealias Step = (_ input: Tensor, _ states: [Tensor], _ context: CallContext) -> (output: Tensor, states: [Tensor])

  /// Bool `[time, batch]`.
  var mask: Tensor?
  var reversed: Bool
  let unroll: Bool
  var zeroOutputForMask: Bool
  /// Whether all outputs are wanted rather than the last.
  var needsSequence: Bool

  /// - Parameters:
  ///   - sequence: `[time, batch, …]`.
  ///   - context: the cell's, with its loop constants among the tensors.
  /// - Returns: the outputs in the order of processing, `[time, batch, …]`, or the last; and the last states.
  func run(_ cell: RecurrentCell, _ sequence: Tensor, _ states: [Tensor], _ context: CallContext) -> (
    output: Tensor, states: [Tensor]
  ) {
    context.trace.builder.withScope(cell.name) {
      if let stack = cell as? StackedRNNCells, !unroll || mask == nil {
        return runStack(stack, sequence, states, context)
      }
      guard let projecting = cell as? ProjectingCell else {
        return runSteps(cell, sequence, states, context) { cell.call($0, states: $1, $2) }
      }
      let projection = projecting.project(sequence, context)
      // Written-out steps start from an output of zeros where the first one is masked.
      if let fused = projecting.fused(context), !unroll || mask == nil {
        let result = fused(
          projection, states: states, mask: mask, reversed: reversed, zeroOutputForMask: zeroOutputForMask)
        return (needsSequence ? result.sequence : last(result.sequence, result.states), result.states)
      }
      return runSteps(cell, projection, states, context) { projection, states, context in
        let next = projecting.step(projection, states, context)
        return (next[0], next)
      }
    }
  }

  /// Cell after cell, each over all time steps. A masked step leaves all states as they are, so that nothing is lost.
  private func runStack(_ stack: StackedRNNCells, _ sequence: Tensor, _ states: [Tensor], _ context: CallContext) -> (
    output: Tensor, states: [Tensor]
  ) {
    var inner = self
    inner.reversed = false
    inner.mask = reversed ? mask?.flip([0]) : mask
    var value = reversed ? sequence.flip([0]) : sequence
    var last: [Tensor] = []
    for (index, cell) in stack.cells.enumerated() {
      let isLast = index == stack.cells.count - 1
      inner.needsSequence = needsSequence || !isLast
      inner.zeroOutputForMask = zeroOutputForMask && isLast
      let own = stack.states(of: index, in: states)
      let result = inner.run(cell, value, own, stack.context(of: index, in: context))
      value = result.output
      last += result.states
    }
    return (value, last)
  }

  private func runSteps(
    _ cell: RecurrentCell, _ sequence: Tensor, _ states: [Tensor], _ context: CallContext, _ step: Step
  ) -> (output: Tensor, states: [Tensor]) {
    unroll ? writeOut(sequence, states, context, step) : loop(cell, sequence, states, context, step)
  }

  private func loop(
    _ cell: RecurrentCell, _ sequence: Tensor, _ states: [Tensor], _ context: CallContext, _ step: Step
  ) -> (output: Tensor, states: [Tensor]) {
    let lastIsState = cell is ProjectingCell && !(zeroOutputForMask && mask != nil)
    let needsOutputs = needsSequence || !lastIsState
    let result = context.scan(carries: states, sequences: [sequence] + [mask].compactMap { $0 }, reversed: reversed) {
      context, states, slices in
      let (output, next) = step(slices[0], states, context)
      guard slices.count > 1 else { return (next, needsOutputs ? [output] : []) }
      let kept = zip(next, states).map { selected(slices[1], $0, $1) }
      let before = states.indices.contains(cell.outputState) ? states[cell.outputState] : output
      let shown = selected(slices[1], output, zeroOutputForMask ? Tensor(0, dtype: output.dtype) : before)
      return (kept, needsOutputs ? [shown] : [])
    }
    guard let outputs = result.outputs.first else { return (result.carries[0], result.carries) }
    let ordered = reversed ? outputs.flip([0]) : outputs
    return (needsSequence ? ordered : final(ordered), result.carries)
  }

  private func writeOut(_ sequence: Tensor, _ states: [Tensor], _ context: CallContext, _ step: Step) -> (
    output: Tensor, states: [Tensor]
  ) {
    func slice(_ tensor: Tensor, _ time: Int) -> Tensor { tensor.slice(axis: 0, time..<(time + 1)).squeeze(0) }
    let order = Array(0..<sequence.shape[0])
    var states = states
    var outputs: [Tensor] = []
    for time in reversed ? order.reversed() : order {
      var (output, next) = step(slice(sequence, time), states, context)
      if let mask {
        let counts = slice(mask, time)
        output = selected(counts, output, outputs.last ?? Tensor(0, dtype: output.dtype))
        next = zip(next, states).map { selected(counts, $0, $1) }
      }
      states = next
      outputs = needsSequence ? outputs + [output] : [output]
    }
    return (needsSequence ? stack(outputs) : outputs[0], states)
  }

  /// `new` where the samples' step counts, elsewhere `old`.
  private func selected(_ counts: Tensor, _ new: Tensor, _ old: Tensor) -> Tensor {
    let extents = counts.shape.dimensions + [Int](repeating: 1, count: Swift.max(new.rank - 1, 0))
    return `where`(counts.reshape(extents), new, old)
  }

  /// The last output: of a fused recurrence the state, but for masked steps that put out zeros.
  private func last(_ sequence: Tensor, _ states: [Tensor]) -> Tensor {
    zeroOutputForMask && mask != nil ? final(sequence) : states[0]
  }

  private func final(_ sequence: Tensor) -> Tensor {
    guard let length = sequence.shape.dimensions.first, length > 0 else { return sequence }
    return sequence.slice(axis: 0, (length - 1)..<length).squeeze(0)
  }
}
