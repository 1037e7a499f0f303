extension Op {
  /// Softmax and the normalisations over the last axis or all others, and their gradients.
  func decomposeNormalization(_ inputs: [Expression]) -> [Expression]? {
    let x = inputs[0]
    let last = [x.rank - 1]
    let others = Array((0..<x.rank).dropLast())
    switch self {
    case .softmax:
      let e = (x - x.maximum(axes: last, keepDimensions: true).stopGradient()).exp()
      return [e / e.sum(axes: last, keepDimensions: true)]
    case .logSoftmax:
      let shifted = x - x.maximum(axes: last, keepDimensions: true).stopGradient()
      return [shifted - shifted.exp().sum(axes: last, keepDimensions: true).log()]
    case .batchNormalization(let epsilon, let rectified):
      let mean = x.mean(axes: others)
      let variance = (x - mean).square().mean(axes: others)
      let y = (x - mean) * (variance + epsilon).inverseSquareRoot() * inputs[1] + inputs[2]
      return [rectified ? y.relu() : y, mean, variance]
    case .batchNormalizationGradient(let epsilon, let rectified):
      let (scale, mean, variance) = (inputs[1], inputs[2], inputs[3])
      let inverse = (variance + epsilon).inverseSquareRoot()
      let normalized = (x - mean) * inverse
      var g = inputs[4]
      if rectified {
        let y = normalized * scale + inputs[5]
        g = y.greater(y.constant(0)).select(g, g.constant(0))
      }
      let (dScale, dOffset) = ((g * normalized).sum(axes: others), g.sum(axes: others))
      let count = Double(Swift.max(x.shape.elementCount / Swift.max(x.shape[-1], 1), 1))
      return [scale * inverse * (g - (dOffset + normalized * dScale) / count), dScale, dOffset]
    case .layerNormalization(let epsilon):
      let mean = x.mean(axes: last, keepDimensions: true)
      let inverse = ((x - mean).square().mean(axes: last, keepDimensions: true) + epsilon).inverseSquareRoot()
      return [(x - mean) * inverse * inputs[1] + inputs[2], mean.squeeze(-1), inverse.squeeze(-1)]
    default:
      guard case .layerNormalizationGradient = self else { return nil }
      let (scale, mean, inverse, g) = (
        inputs[1], inputs[2].expandDimension(-1), inputs[3].expandDimension(-1), inputs[4]
      )
      let normalized = (x - mean) * inverse
      let scaled = g * scale
      let dx =
        inverse
        * (scaled - scaled.mean(axes: last, keepDimensions: true)
          - normalized * (scaled * normalized).mean(axes: last, keepDimensions: true))
      return [dx, (g * normalized).sum(axes: others), g.sum(axes: others)]
    }
  }
}
