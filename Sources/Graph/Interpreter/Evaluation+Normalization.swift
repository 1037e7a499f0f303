#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Evaluation {
  private var channels: Int { types[0].shape[-1] }
  private var rows: Range<Int> { 0..<types[0].shape.dimensions.dropLast().reduce(1, *) }

  func batchNormalization(_ epsilon: Double, rectified: Bool) -> [DenseTensor] {
    let (x, scale, offset) = (inputs[0].floats, inputs[1].floats, inputs[2].floats)
    let count = Double(rows.count)
    var mean = [Double](repeating: 0, count: channels)
    var variance = mean
    for c in 0..<channels {
      mean[c] = rows.reduce(0) { $0 + x[$1 * channels + c] } / count
      variance[c] = rows.reduce(0) { $0 + square(x[$1 * channels + c] - mean[c]) } / count
    }
    let y = x.indices.map { place in
      let c = place % channels
      let y = (x[place] - mean[c]) / (variance[c] + epsilon).squareRoot() * scale[c] + offset[c]
      return rectified ? UnaryOp.relu.apply(y) : y
    }
    return [DenseTensor(types[0], y), DenseTensor(types[1], mean), DenseTensor(types[2], variance)]
  }

  func batchNormalizationGradient(_ epsilon: Double, rectified: Bool) -> [DenseTensor] {
    let (x, scale, mean, variance) = (inputs[0].floats, inputs[1].floats, inputs[2].floats, inputs[3].floats)
    var gradient = inputs[4].floats
    if rectified {
      let offset = inputs[5].floats
      for place in x.indices {
        let c = place % channels
        let y = (x[place] - mean[c]) / (variance[c] + epsilon).squareRoot() * scale[c] + offset[c]
        if !(y > 0) { gradient[place] = 0 }
      }
    }
    let count = Double(rows.count)
    var dx = x
    var dScale = [Double](repeating: 0, count: channels)
    var dOffset = dScale
    for c in 0..<channels {
      let places = rows.map { $0 * channels + c }
      let inverse = 1 / (variance[c] + epsilon).squareRoot()
      dOffset[c] = places.reduce(0) { $0 + gradient[$1] }
      dScale[c] = places.reduce(0) { $0 + gradient[$1] * (x[$1] - mean[c]) * inverse }
      for place in places {
        let normalized = (x[place] - mean[c]) * inverse
        dx[place] = scale[c] * inverse * (gradient[place] - dOffset[c] / count - normalized * dScale[c] / count)
      }
    }
    return [DenseTensor(types[0], dx), DenseTensor(types[1], dScale), DenseTensor(types[2], dOffset)]
  }

  func layerNormalization(_ epsilon: Double) -> [DenseTensor] {
    let (x, scale, offset) = (inputs[0].floats, inputs[1].floats, inputs[2].floats)
    var (y, means, inverses) = (x, [Double](), [Double]())
    for row in rows {
      let places = (row * channels)..<((row + 1) * channels)
      let mean = places.reduce(0) { $0 + x[$1] } / Double(channels)
      let variance = places.reduce(0) { $0 + square(x[$1] - mean) } / Double(channels)
      let inverse = 1 / (variance + epsilon).squareRoot()
      for place in places {
        let c = place % channels
        y[place] = (x[place] - mean) * inverse * scale[c] + offset[c]
      }
      means.append(mean)
      inverses.append(inverse)
    }
    return [DenseTensor(types[0], y), DenseTensor(types[1], means), DenseTensor(types[2], inverses)]
  }

  func layerNormalizationGradient() -> [DenseTensor] {
    let (x, scale, means, inverses) = (inputs[0].floats, inputs[1].floats, inputs[2].floats, inputs[3].floats)
    let gradient = inputs[4].floats
    var dx = x
    var dScale = [Double](repeating: 0, count: channels)
    var dOffset = dScale
    for row in rows {
      let places = (row * channels)..<((row + 1) * channels)
      var (sum, weightedSum) = (0.0, 0.0)
      for place in places {
        let (c, normalized) = (place % channels, (x[place] - means[row]) * inverses[row])
        dScale[c] += gradient[place] * normalized
        dOffset[c] += gradient[place]
        sum += gradient[place] * scale[c]
        weightedSum += gradient[place] * scale[c] * normalized
      }
      for place in places {
        let normalized = (x[place] - means[row]) * inverses[row]
        let projected = (sum + normalized * weightedSum) / Double(channels)
        dx[place] = inverses[row] * (gradient[place] * scale[place % channels] - projected)
      }
    }
    return [DenseTensor(types[0], dx), DenseTensor(types[1], dScale), DenseTensor(types[2], dOffset)]
  }

  func softmax(logarithm: Bool) -> DenseTensor {
    let x = inputs[0].floats
    var y = x
    for row in rows {
      let places = (row * channels)..<((row + 1) * channels)
      let maximum = places.reduce(-Double.infinity) { BinaryOp.maximum.apply($0, x[$1], .float64) }
      let total = places.reduce(0) { $0 + exp(x[$1] - maximum) }
      for place in places { y[place] = logarithm ? x[place] - maximum - log(total) : exp(x[place] - maximum) / total }
    }
    return DenseTensor(types[0], y)
  }

  private func square(_ x: Double) -> Double { x * x }
}
