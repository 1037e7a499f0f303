import Graph
import ModelFiles

// The functions behind activations, as `keras.ops` has them.

extension Tensor {
  private func activation(
    _ className: String, _ config: Config = [:], _ body: @escaping @Sendable (Expression) -> Expression
  ) -> Tensor {
    unary(className, config) { body($0.floating) }
  }

  /// max(x, 0).
  public func relu() -> Tensor { unary("Relu") { $0.numeric.relu() } }

  /// min(max(x, 0), 6).
  public func relu6() -> Tensor { activation("Relu6") { $0.relu().minimum(6) } }

  /// x above 0, `negativeSlope` · x below.
  public func leakyRelu(negativeSlope: Double = 0.2) -> Tensor {
    activation("LeakyRelu", ["negative_slope": .number(negativeSlope)]) {
      $0.greaterOrEqual($0.constant(0)).select($0, $0 * negativeSlope)
    }
  }

  /// The general rectifier: x from `threshold` on and at most `maxValue`; below it `negativeSlope` · (x − threshold).
  public func relu(negativeSlope: Double, maxValue: Double? = nil, threshold: Double = 0) -> Tensor {
    let config: Config = [
      "negative_slope": .number(negativeSlope), "max_value": JSONValue(maxValue), "threshold": .number(threshold),
    ]
    return activation("ReLU", config) { x in
      var y = threshold == 0 ? x.relu() : x.greater(x.constant(threshold)).select(x, x.constant(0))
      if let maxValue { y = y.maximum(0).minimum(maxValue) }
      return negativeSlope == 0 ? y : y - (threshold - x).relu() * negativeSlope
    }
  }

  /// 1 / (1 + e⁻ˣ).
  public func sigmoid() -> Tensor { activation("Sigmoid") { $0.sigmoid() } }

  /// log(1 / (1 + e⁻ˣ)).
  public func logSigmoid() -> Tensor { activation("LogSigmoid") { -(-$0).softplus() } }

  /// log(1 + eˣ).
  public func softplus() -> Tensor { activation("Softplus") { $0.softplus() } }

  /// x / (1 + |x|).
  public func softsign() -> Tensor { activation("Softsign") { $0 / (1 + $0.absolute()) } }

  /// x · sigmoid(x), also called swish.
  public func silu() -> Tensor { activation("Silu") { $0 * $0.sigmoid() } }

  /// x · tanh(softplus(x)).
  public func mish() -> Tensor { activation("Mish") { $0 * $0.softplus().tanh() } }

  /// x above 0, `alpha` · (eˣ − 1) below.
  public func elu(alpha: Double = 1) -> Tensor { activation("Elu", ["alpha": .number(alpha)]) { $0.elu(alpha) } }

  /// 1.0507 · elu(x, 1.6733), which keeps mean 0 and variance 1.
  public func selu() -> Tensor {
    activation("Selu") { $0.elu(1.6732632423543772848170429916717) * 1.0507009873554804934193349852946 }
  }

  /// max(x, 0) + min(0, `alpha` · (e^(x / alpha) − 1)).
  public func celu(alpha: Double = 1) -> Tensor {
    activation("Celu", ["alpha": .number(alpha)]) { ($0 / alpha).elu(1) * alpha }
  }

  /// x · Φ(x), Φ the normal distribution function; `approximate`: by tanh.
  public func gelu(approximate: Bool = true) -> Tensor {
    activation("Gelu", ["approximate": .bool(approximate)]) { x in
      guard approximate else { return x * 0.5 * (1 + (x * 0.7071067811865476).unary(.errorFunction)) }
      let inner = x + x * x.square() * 0.044715
      return x * 0.5 * (1 + (inner * 0.7978845608028654).tanh())
    }
  }

  /// The first half along an axis times the sigmoid of the second.
  public func glu(axis: Int = -1) -> Tensor {
    let extent = shape[axis]
    guard rank > 0, extent % 2 == 0 else {
      return rejected("glu", "needs an even extent along axis \(axis), found shape \(describe(partialShape))")
    }
    return activation("Glu", ["axis": JSONValue(axis)]) {
      $0.slice(axis: axis, 0..<(extent / 2)) * $0.slice(axis: axis, (extent / 2)..<extent).sigmoid()
    }
  }

  /// relu6(x + 3) / 6.
  public func hardSigmoid() -> Tensor { activation("HardSigmoid") { $0.hardSigmoid() } }

  /// x · relu6(x + 3) / 6.
  public func hardSilu() -> Tensor { activation("HardSilu") { $0 * $0.hardSigmoid() } }

  /// x kept inside −1…1.
  public func hardTanh() -> Tensor {
    activation("HardTanh") { x in
      // The gradient at ±1 is 1.
      let above = x.less(x.constant(-1)).select(x.constant(-1), x)
      return x.greater(x.constant(1)).select(x.constant(1), above)
    }
  }

  /// x where |x| exceeds the threshold, else 0.
  public func hardShrink(threshold: Double = 0.5) -> Tensor {
    activation("HardShrink", ["threshold": .number(threshold)]) {
      $0.absolute().greater($0.constant(threshold)).select($0, $0.constant(0))
    }
  }

  /// x moved toward 0 by the threshold, and 0 inside it.
  public func softShrink(threshold: Double = 0.5) -> Tensor {
    activation("SoftShrink", ["threshold": .number(threshold)]) { x in
      let below = x.less(x.constant(-threshold)).select(x + threshold, x.constant(0))
      return x.greater(x.constant(threshold)).select(x - threshold, below)
    }
  }

  /// x − tanh(x).
  public func tanhShrink() -> Tensor { activation("TanhShrink") { $0 - $0.tanh() } }

  /// x above the threshold, else `defaultValue`.
  public func threshold(_ threshold: Double, defaultValue: Double) -> Tensor {
    unary("Threshold", ["threshold": .number(threshold), "default_value": .number(defaultValue)]) {
      $0.greater($0.constant(threshold)).select($0, $0.constant(defaultValue))
    }
  }

  /// 0 up to −1, (x + 1)² / 4 between, x from 1 on.
  public func sparsePlus() -> Tensor {
    activation("SparsePlus") { x in
      let between = (x + 1).square() * 0.25
      let upper = x.greaterOrEqual(x.constant(1)).select(x, between)
      return x.lessOrEqual(x.constant(-1)).select(x.constant(0), upper)
    }
  }

  /// (x + 1) / 2 kept inside 0…1.
  public func sparseSigmoid() -> Tensor {
    activation("SparseSigmoid") { ($0 + 1).maximum(0).minimum(2) * 0.5 }
  }

  /// (x + √(x² + b)) / 2.
  public func squareplus(b: Double = 4) -> Tensor {
    activation("Squareplus", ["b": .number(b)]) { ($0 + ($0.square() + b).squareRoot()) * 0.5 }
  }

  /// exp(x) / Σ exp(x) along an axis.
  public func softmax(axis: Int = -1) -> Tensor {
    activation("Softmax", ["axis": JSONValue(axis)]) { $0.softmax(axis: axis) }
  }

  /// log of `softmax`, computed without its exponentials overflowing.
  public func logSoftmax(axis: Int = -1) -> Tensor {
    activation("LogSoftmax", ["axis": JSONValue(axis)]) { $0.logSoftmax(axis: axis) }
  }

  /// max(x − τ, 0) with τ from the largest elements along an axis. Source: Martins and Astudillo 2016, in the form that
  /// Keras computes.
  public func sparsemax(axis: Int = -1) -> Tensor {
    activation("Sparsemax", ["axis": JSONValue(axis)]) { x in
      guard let index = x.shape.normalized(axis: axis) else { return x.softmax(axis: axis) }
      let sorted = x.sort(axis: index, descending: true).values
      let total = sorted.cumulative(.sum, axis: index)
      let count = x.builder.iota(TensorType(x.dtype, x.shape), axis: index) + 1
      let isSupport = (sorted * count + 1).greater(total)
      let supportSize = isSupport.converted(to: x.dtype).sum(axes: [index], keepDimensions: true)
      // Keras adds up the running sums of the support, where the paper takes their last.
      let supportSum = isSupport.select(total, x.constant(0)).sum(axes: [index], keepDimensions: true)
      return (x - (supportSum - 1) / supportSize).relu()
    }
  }
}

extension Expression {
  fileprivate func softplus() -> Expression {
    // `maximum` rather than `relu`: its gradient at 0 is one half, as softplus needs.
    maximum(0) + (-absolute()).exp().unary(.logPlusOne)
  }

  fileprivate func elu(_ alpha: Double) -> Expression {
    let isPositive = greater(constant(0))
    // Not `minimum`, whose gradient at 0 is one half.
    let negative = isPositive.select(constant(0), self)
    return isPositive.select(self, negative.unary(.expMinusOne) * alpha)
  }

  fileprivate func hardSigmoid() -> Expression { (self + 3).maximum(0).minimum(6) / 6 }
}
