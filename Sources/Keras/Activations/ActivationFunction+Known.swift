// The functions of `keras.activations`. Files know those with arguments by their defaults; with other arguments they
// store the layer that computes the same, where Keras has one.

extension ActivationFunction {
  /// x.
  public static let linear = ActivationFunction("linear") { $0 }
  /// max(x, 0).
  public static let relu = ActivationFunction("relu") { $0.relu() }
  /// min(max(x, 0), 6).
  public static let relu6 = ActivationFunction("relu6") { $0.relu6() }
  /// 1 / (1 + e⁻ˣ).
  public static let sigmoid = ActivationFunction("sigmoid") { $0.sigmoid() }
  /// The hyperbolic tangent.
  public static let tanh = ActivationFunction("tanh") { $0.tanh() }
  /// exp(x) / Σ exp(x) over the last axis.
  public static let softmax = ActivationFunction("softmax") { $0.softmax() }
  /// log of `softmax`.
  public static let logSoftmax = ActivationFunction("log_softmax") { $0.logSoftmax() }
  /// Probabilities of which many are 0; see `Tensor.sparsemax`.
  public static let sparsemax = ActivationFunction("sparsemax") { $0.sparsemax() }
  /// eˣ.
  public static let exponential = ActivationFunction("exponential") { $0.exp() }
  /// x · sigmoid(x).
  public static let silu = ActivationFunction("silu") { $0.silu() }
  /// Another name of `silu`.
  public static let swish = silu
  /// x · tanh(softplus(x)).
  public static let mish = ActivationFunction("mish") { $0.mish() }
  /// log(1 + eˣ).
  public static let softplus = ActivationFunction("softplus") { $0.softplus() }
  /// x / (1 + |x|).
  public static let softsign = ActivationFunction("softsign") { $0.softsign() }
  /// The exponential linear unit scaled to keep mean 0 and variance 1.
  public static let selu = ActivationFunction("selu") { $0.selu() }
  /// relu6(x + 3) / 6.
  public static let hardSigmoid = ActivationFunction("hard_sigmoid") { $0.hardSigmoid() }
  /// 0.2 · x + 0.5 kept inside 0…1: what Keras 1 and 2 call `hard_sigmoid`. Files of theirs that are read get it.
  /// Keras 3 has no such function; files that are written say it with two of its layers.
  public static let keras2HardSigmoid = ActivationFunction(
    "keras2>hard_sigmoid",
    layers: [
      Rescaling(scale: 0.2, offset: 0.5, name: "slope"), ReLU(maxValue: 1, name: "limits"),
    ]
  ) { (0.2 * $0 + 0.5).clip(0, 1) }
  /// x · relu6(x + 3) / 6.
  public static let hardSilu = ActivationFunction("hard_silu") { $0.hardSilu() }
  /// Another name of `hardSilu`.
  public static let hardSwish = hardSilu
  /// x kept inside −1…1.
  public static let hardTanh = ActivationFunction("hard_tanh") { $0.hardTanh() }
  /// x − tanh(x).
  public static let tanhShrink = ActivationFunction("tanh_shrink") { $0.tanhShrink() }
  /// log of `sigmoid`.
  public static let logSigmoid = ActivationFunction("log_sigmoid") { $0.logSigmoid() }
  /// 0 up to −1, (x + 1)² / 4 between, x from 1 on.
  public static let sparsePlus = ActivationFunction("sparse_plus") { $0.sparsePlus() }
  /// (x + 1) / 2 kept inside 0…1.
  public static let sparseSigmoid = ActivationFunction("sparse_sigmoid") { $0.sparseSigmoid() }

  public static let leakyRelu: ActivationFunction = leakyRelu(negativeSlope: 0.2)
  public static let elu: ActivationFunction = elu(alpha: 1)
  public static let celu: ActivationFunction = celu(alpha: 1)
  public static let gelu: ActivationFunction = gelu(approximate: false)
  public static let glu: ActivationFunction = glu(axis: -1)
  public static let squareplus: ActivationFunction = squareplus(b: 4)
  public static let hardShrink: ActivationFunction = hardShrink(threshold: 0.5)
  public static let softShrink: ActivationFunction = softShrink(threshold: 0.5)

  /// x above 0, `negativeSlope` · x below.
  public static func leakyRelu(negativeSlope: Double = 0.2) -> ActivationFunction {
    negativeSlope == 0.2
      ? ActivationFunction("leaky_relu") { $0.leakyRelu(negativeSlope: negativeSlope) }
      : ActivationFunction(LeakyReLU(negativeSlope: negativeSlope))
  }

  /// The general rectifier; see `Tensor.relu(negativeSlope:maxValue:threshold:)`.
  public static func relu(negativeSlope: Double, maxValue: Double? = nil, threshold: Double = 0) -> ActivationFunction {
    ActivationFunction(ReLU(maxValue: maxValue, negativeSlope: negativeSlope, threshold: threshold))
  }

  /// exp(x) / Σ exp(x) over one axis.
  public static func softmax(axis: Int) -> ActivationFunction {
    axis == -1 ? ActivationFunction("softmax") { $0.softmax() } : ActivationFunction(Softmax(axis: axis))
  }

  /// x above 0, `alpha` · (eˣ − 1) below.
  public static func elu(alpha: Double = 1) -> ActivationFunction {
    alpha == 1 ? ActivationFunction("elu") { $0.elu() } : ActivationFunction(ELU(alpha: alpha))
  }

  /// max(x, 0) + min(0, `alpha` · (e^(x / alpha) − 1)).
  public static func celu(alpha: Double = 1) -> ActivationFunction {
    ActivationFunction(alpha == 1 ? "celu" : "celu(alpha=\(alpha))") { $0.celu(alpha: alpha) }
  }

  /// x · Φ(x), Φ the normal distribution function.
  public static func gelu(approximate: Bool = false) -> ActivationFunction {
    ActivationFunction(approximate ? "gelu(approximate=True)" : "gelu") { $0.gelu(approximate: approximate) }
  }

  /// The first half of an axis times the sigmoid of the second.
  public static func glu(axis: Int = -1) -> ActivationFunction {
    ActivationFunction(axis == -1 ? "glu" : "glu(axis=\(axis))") { $0.glu(axis: axis) }
  }

  /// (x + √(x² + b)) / 2.
  public static func squareplus(b: Double = 4) -> ActivationFunction {
    ActivationFunction(b == 4 ? "squareplus" : "squareplus(b=\(b))") { $0.squareplus(b: b) }
  }

  /// x where |x| exceeds the threshold, else 0.
  public static func hardShrink(threshold: Double = 0.5) -> ActivationFunction {
    ActivationFunction(threshold == 0.5 ? "hard_shrink" : "hard_shrink(threshold=\(threshold))") {
      $0.hardShrink(threshold: threshold)
    }
  }

  /// x moved toward 0 by the threshold.
  public static func softShrink(threshold: Double = 0.5) -> ActivationFunction {
    ActivationFunction(threshold == 0.5 ? "soft_shrink" : "soft_shrink(threshold=\(threshold))") {
      $0.softShrink(threshold: threshold)
    }
  }

  /// x above the threshold, else `defaultValue`.
  public static func threshold(_ threshold: Double, defaultValue: Double) -> ActivationFunction {
    ActivationFunction("threshold(threshold=\(threshold), default_value=\(defaultValue))") {
      $0.threshold(threshold, defaultValue: defaultValue)
    }
  }

  /// Keras's names of the functions that files can name.
  public static var names: [String] { all.map(\.name) }

  /// The functions that files can name.
  static let all: [ActivationFunction] = [
    linear, relu, relu6, sigmoid, tanh, softmax, logSoftmax, sparsemax, exponential, silu, mish, softplus, softsign,
    elu, selu, celu, gelu, glu, leakyRelu, hardSigmoid, keras2HardSigmoid, hardSilu, hardTanh, hardShrink, softShrink,
    tanhShrink, logSigmoid, sparsePlus, sparseSigmoid, squareplus,
  ]
}
