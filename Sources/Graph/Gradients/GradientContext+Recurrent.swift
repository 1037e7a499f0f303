extension GradientContext {
  func recurrent(_ recurrent: Recurrent) -> [Expression?] {
    let states = recurrent.cell.stateCount
    // What is stored for the gradient has cotangents only where that gradient is differentiated in turn.
    guard cotangents.dropFirst(states + 1).allSatisfy({ $0 == nil }) else { return throughDecomposition() }
    let kernel = inputs[states + 1]
    let mask = recurrent.hasMask ? inputs[inputs.count - 1] : nil
    let gates = outputs[states + 1]
    var (sequence, dSequence) = (outputs[0], cotangent(0))
    if recurrent.zeroOutputForMask, let mask {
      let ordered = recurrent.reversed ? mask.reverse(axes: [0]) : mask
      dSequence = ordered.expandDimension(-1).select(dSequence, dSequence.constant(0))
      sequence = held(sequence, initial: inputs[1], ordered)
    }
    var attributes = recurrent
    attributes.zeroOutputForMask = false
    let saved = recurrent.hasSavedState ? [outputs[states + 2]] : []
    let dStates = (0..<states).map { cotangent($0 + 1) }
    let results = builder.add(
      .recurrentGradient(attributes), Array(inputs.dropFirst()) + [sequence, gates] + saved + [dSequence] + dStates)

    var gradients = none
    gradients[0] = results[0]
    for state in 1...states { gradients[state] = results[state] }
    // The gradient of h·U + b: that of the projection, but for the candidate of a GRU that resets after its product.
    let dProduct = recurrent.hasRecurrentBias ? results[states + 1] : results[0]
    if needed[states + 1] {
      let previous = self.previous(sequence, initial: inputs[1], recurrent)
      gradients[states + 1] = kernelGradient(recurrent, previous, dProduct, gates, kernel)
    }
    if recurrent.hasRecurrentBias, needed[states + 2] { gradients[states + 2] = dProduct.sum(axes: [0, 1]) }
    return gradients
  }

  /// The state that each step started from, in the order of time.
  private func previous(_ sequence: Expression, initial: Expression, _ recurrent: Recurrent) -> Expression {
    let states = sequence.delayed(first: initial)
    return recurrent.reversed ? states.reverse(axes: [0]) : states
  }

  /// One product over all steps and samples.
  private func kernelGradient(
    _ recurrent: Recurrent, _ previous: Expression, _ dProduct: Expression, _ gates: Expression, _ kernel: Expression
  ) -> Expression {
    let overSteps = DotDimensions(leftContracting: [0, 1], rightContracting: [0, 1])
    guard recurrent.cell == .gru(resetAfter: false) else { return previous.dot(dProduct, overSteps) }
    // The candidate's part of the kernel was multiplied by r ∘ h.
    let units = kernel.shape[0]
    let ordered = recurrent.reversed ? gates.reverse(axes: [0]) : gates
    let reset = ordered.slice(axis: 2, units..<(2 * units)) * previous
    return builder.concatenate(
      [
        previous.dot(dProduct.slice(axis: 2, 0..<(2 * units)), overSteps),
        reset.dot(dProduct.slice(axis: 2, (2 * units)..<(3 * units)), overSteps),
      ], axis: 1)
  }

  /// The states of a sequence whose masked steps are zeros: each step takes the last one that was not masked.
  private func held(_ sequence: Expression, initial: Expression, _ mask: Expression) -> Expression {
    let steps = builder.iota(TensorType(.int32, mask.shape), axis: 0) + 1
    let last = mask.select(steps, steps.constant(0)).cumulative(.maximum, axis: 0)
    let all = builder.concatenate([initial.expandDimension(0), sequence], axis: 0)
    return all.gatherAlong(last.expandDimension(-1).broadcast(to: sequence.shape), axis: 0)
  }
}
