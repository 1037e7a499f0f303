import ModelFiles

/// Steps scaled by running means of the gradient and of its square:
/// `m ← m + (g − m)(1 − β₁)`, `v ← v + (g² − v)(1 − β₂)`, `w ← w − rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)`.
/// Source: Kingma and Ba 2014, `keras.optimizers.Adam`.
public class Adam: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  /// Whether to divide by the largest `v` so far. Source: Reddi et al. 2018.
  public let amsgrad: Bool

  public init(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    amsgrad: Bool = false, options: OptimizerOptions = OptimizerOptions(), name: String = "adam"
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.amsgrad = amsgrad
    super.init(learningRate, options: options, name: name)
  }

  public required convenience init(from reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.001), beta1: try reader.double("beta_1", default: 0.9),
      beta2: try reader.double("beta_2", default: 0.999), epsilon: try reader.double("epsilon", default: 1e-7),
      amsgrad: try reader.bool("amsgrad", default: false), options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "adam"))
  }

  public override var config: Config {
    [
      "beta_1": .number(beta1), "beta_2": .number(beta2), "epsilon": .number(epsilon), "amsgrad": .bool(amsgrad),
    ]
  }

  public override var slotNames: [String] { ["momentum", "velocity"] + (amsgrad ? ["velocity_hat"] : []) }

  public override var slotGroups: [Range<Int>] { [0..<2] + (amsgrad ? [2..<3] : []) }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let first = step[slots[0]]
    let second = step[slots[1]]
    let mean = first + (gradient - first) * (1 - beta1)
    let square = second + (gradient.square() - second) * (1 - beta2)
    step.assign(slots[0], mean)
    step.assign(slots[1], square)
    var denominator = square
    if amsgrad {
      denominator = step[slots[2]].maximum(square)
      step.assign(slots[2], denominator)
    }
    let correction = (1 - Tensor(beta2).power(step.number)).sqrt() / (1 - Tensor(beta1).power(step.number))
    return value - mean * (step.learningRate * correction) / (denominator.sqrt() + epsilon)
  }
}
