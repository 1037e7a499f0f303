// Convolutions are products of an input, a kernel and an output, so that each gradient is one of the three.

extension GradientContext {
  func convolution(_ convolution: Convolution) -> [Expression?] {
    each(
      g.convolutionInputGradient(inputs[1], convolution, input: x.shape),
      x.convolutionKernelGradient(g, convolution, kernel: inputs[1].shape))
  }

  func convolutionInputGradient(_ convolution: Convolution) -> [Expression?] {
    each(
      g.convolution(inputs[1], convolution), g.convolutionKernelGradient(x, convolution, kernel: inputs[1].shape))
  }

  func convolutionKernelGradient(_ convolution: Convolution) -> [Expression?] {
    each(
      inputs[1].convolutionInputGradient(g, convolution, input: x.shape), x.convolution(g, convolution))
  }

  func pool(_ pooling: Pooling) -> Expression {
    let operands = pooling.kind == .maximum ? [outputs[1], g] : [g]
    return builder.add(.poolGradient(pooling, input: x.shape), operands)[0]
  }

  func poolGradient(_ pooling: Pooling) -> [Expression?] {
    guard pooling.kind == .average else { return fail("can be differentiated only once") }
    return each(g.pool(pooling))
  }

  func batchNormalization(_ epsilon: Double, rectified: Bool) -> [Expression?] {
    let (mean, variance) = (outputs[1], outputs[2])
    var gradients = none
    if cotangents[0] != nil {
      gradients = builder.add(
        .batchNormalizationGradient(epsilon: epsilon, rectified: rectified),
        [x, inputs[1], mean, variance, g] + (rectified ? [inputs[2]] : []))
    }
    let count = Double(Swift.max(x.shape.elementCount / Swift.max(x.shape[-1], 1), 1))
    var extra: Expression?
    if let dMean = cotangents[1] { extra = (dMean / count).broadcast(to: x.shape) }
    if let dVariance = cotangents[2] {
      let part = (x - mean) * (dVariance * (2 / count))
      extra = extra.map { $0 + part } ?? part
    }
    return adding(extra, to: gradients)
  }

  func layerNormalization() -> [Expression?] {
    let (mean, inverse) = (outputs[1], outputs[2])
    var gradients = none
    if cotangents[0] != nil {
      gradients = builder.add(.layerNormalizationGradient, [x, inputs[1], mean, inverse, g])
    }
    let count = Double(Swift.max(x.shape[-1], 1))
    var extra: Expression?
    if let dMean = cotangents[1] { extra = (dMean / count).expandDimension(-1).broadcast(to: x.shape) }
    if let dInverse = cotangents[2] {
      // ∂(v + ε)^(−½) / ∂x = −(v + ε)^(−3/2) (x − mean) / n.
      let slope = dInverse * inverse.square() * inverse * (-1 / count)
      let part = (x - mean.expandDimension(-1)) * slope.expandDimension(-1)
      extra = extra.map { $0 + part } ?? part
    }
    return adding(extra, to: gradients)
  }

  /// Adds what the statistics contribute to the gradient of `x`.
  private func adding(_ extra: Expression?, to gradients: [Expression?]) -> [Expression?] {
    var gradients = gradients
    if let extra { gradients[0] = gradients[0].map { $0 + extra } ?? extra }
    return gradients
  }
}
