extension Expression {
  public func convolution(_ kernel: Expression, _ attributes: Convolution) -> Expression {
    apply(.convolution(attributes), kernel)
  }

  /// The transposed convolution: `self` is shaped as `attributes` gives for an input of shape `input`.
  public func convolutionInputGradient(_ kernel: Expression, _ attributes: Convolution, input: Shape) -> Expression {
    apply(.convolutionInputGradient(attributes, input: input), kernel)
  }

  /// `self` is the convolution's input; `gradient` is shaped as its output.
  public func convolutionKernelGradient(_ gradient: Expression, _ attributes: Convolution, kernel: Shape) -> Expression
  {
    apply(.convolutionKernelGradient(attributes, kernel: kernel), gradient)
  }

  public func pool(_ attributes: Pooling) -> Expression { apply(.pool(attributes)) }

  /// Over the last axis, with the batch's own statistics.
  public func batchNormalization(scale: Expression, offset: Expression, epsilon: Double) -> (
    y: Expression, mean: Expression, variance: Expression
  ) {
    let results = builder.add(.batchNormalization(epsilon: epsilon), [self, scale, offset])
    return (results[0], results[1], results[2])
  }

  /// Over the last axis of each row.
  public func layerNormalization(scale: Expression, offset: Expression, epsilon: Double) -> Expression {
    apply(.layerNormalization(epsilon: epsilon), scale, offset)
  }

  /// exp(x − max) / Σ exp(x − max) along one axis.
  public func softmax(axis: Int = -1) -> Expression { alongLast(axis, .softmax) }
  public func logSoftmax(axis: Int = -1) -> Expression { alongLast(axis, .logSoftmax) }

  private func alongLast(_ axis: Int, _ op: Op) -> Expression {
    guard let axis = resolve(axis: axis, in: op.name) else { return Expression(builder: builder, value: nil) }
    if axis == rank - 1 { return apply(op) }
    var permutation = Array(0..<rank)
    permutation.swapAt(axis, rank - 1)
    return transpose(permutation).apply(op).transpose(permutation)
  }

  /// Uniform random bits; `self` is the key, uint32[2].
  public func randomBits(_ shape: Shape) -> Expression { apply(.randomBits(shape)) }

  /// Uniform in [0, 1): the top 24 bits, so that every value is a multiple of 2⁻²⁴. `self` is the key, uint32[2].
  public func randomUniform(_ shape: Shape) -> Expression {
    let bits = randomBits(shape)
    return bits.binary(.shiftRightLogical, bits.constant(8)).converted(to: .float32) * 0x1p-24
  }

  /// Standard normal, by the inverse of the normal's distribution function. `self` is the key, uint32[2].
  public func randomNormal(_ shape: Shape) -> Expression {
    let uniform = randomUniform(shape) * 2 + (0x1p-24 - 1)
    return uniform.unary(.inverseErrorFunction) * 1.4142135623730951
  }

  /// Runs a recurrent layer over all time steps. See `Op.recurrent` for inputs and results.
  public func recurrent(
    _ attributes: Recurrent, initial: [Expression], recurrentKernel: Expression, recurrentBias: Expression? = nil,
    mask: Expression? = nil
  ) -> (sequence: Expression, states: [Expression]) {
    let inputs = [self] + initial + [recurrentKernel] + [recurrentBias, mask].compactMap { $0 }
    let results = builder.add(.recurrent(attributes), inputs)
    return (results[0], Array(results[1...attributes.cell.stateCount]))
  }
}
