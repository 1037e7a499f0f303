import Graph

/// Mean and (biased) variance of each channel in a batch, channels last.
struct BatchStatistics {
  let mean: Tensor
  let variance: Tensor
  /// The normalised batch, where the fused operation gives it together with the statistics.
  let output: Tensor?

  /// Over all axes but the last. Statistics and output come from one operation, through which gradients flow.
  init(of x: Tensor, gamma: Tensor?, beta: Tensor?, epsilon: Double) {
    let channels = x.shape[-1]
    let results = Operation(
      className: "BatchNormalization", config: ["epsilon": .number(epsilon)],
      arguments: [
        .tensor(x), .tensor(gamma ?? .ones([channels], dtype: x.dtype)),
        .tensor(beta ?? .zeros([channels], dtype: x.dtype)),
      ]
    ).apply { operands in
      let (y, mean, variance) = operands[0].batchNormalization(
        scale: operands[1], offset: operands[2], epsilon: epsilon)
      return [y, mean.stopGradient(), variance.stopGradient()]
    }
    output = results[0]
    mean = results.count == 3 ? results[1] : results[0]
    variance = results.count == 3 ? results[2] : results[0]
  }

  /// Over the elements that a mask of the same shape counts.
  init(of x: Tensor, where counts: Tensor) {
    let axes = Array((0..<x.rank).dropLast())
    let zero = Tensor(0, dtype: x.dtype)
    // Keras keeps the division by a count of 0 finite.
    let count = counts.asType(x.dtype).sum(axis: axes) + 1e-7
    mean = `where`(counts, x, zero).sum(axis: axes) / count
    variance = `where`(counts, x - mean, zero).square().sum(axis: axes) / count
    output = nil
  }
}

extension Tensor {
  /// `gamma · (x − mean) / √(variance + epsilon) + beta`, channels last.
  func normalized(mean: Tensor, variance: Tensor, gamma: Tensor?, beta: Tensor?, epsilon: Double) -> Tensor {
    var factor = (variance.asType(dtype) + epsilon).rsqrt()
    if let gamma { factor = factor * gamma }
    let output = (self - mean.asType(dtype)) * factor
    return beta.map { output + $0 } ?? output
  }
}

extension CallContext {
  /// `average · momentum + value · (1 − momentum)`, also as the result.
  @discardableResult
  func updateAverage(_ average: Variable, _ value: Tensor, momentum: Double) -> Tensor {
    let updated = stored(average) * momentum + value.asType(average.dtype) * (1 - momentum)
    assign(average, updated)
    return updated
  }
}
