import ModelFiles

/// Adam with the largest recent gradient in place of the root mean square: `u ← max(β₂·u, |g|)`,
/// `w ← w − rate / (1 − β₁ᵗ) · m / (u + ε)`. Source: Kingma and Ba 2014, `keras.optimizers.Adamax`.
public final class Adamax: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double

  public init(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    options: OptimizerOptions = OptimizerOptions(), name: String = "adamax"
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.001),
      beta1: try reader.double("beta_1", default: 0.9),
      beta2: try reader.double("beta_2", default: 0.999),
      epsilon: try reader.double("epsilon", default: 1e-7),
      options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "adamax"))
  }

  public override var config: Config {
    [
      "beta_1": .number(beta1),
      "beta_2": .number(beta2),
      "epsilon": .number(epsilon),
    ]
  }

  public override var slotNames: [String] { ["momentum", "norm"] }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let first = step[slots[0]]
    let mean = first + (gradient - first) * (1 - beta1)
    let norm = (step[slots[1]] * beta2).maximum(gradient.absolute())
    step.assign(slots[0], mean)
    step.assign(slots[1], norm)
    let rate = step.learningRate / (1 - Tensor(beta1).power(step.number))
    return value - mean * rate / (norm + epsilon)
  }
}
