import ModelFiles

/// Steps of one size in the direction of the sign of a mixture of momentum and gradient.
/// Source: Chen et al. 2023, `keras.optimizers.Lion`.
public final class Lion: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let beta1: Double
  public let beta2: Double

  public init(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.99,
    options: OptimizerOptions = OptimizerOptions(), name: String = "lion"
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.001),
      beta1: try reader.double("beta_1", default: 0.9),
      beta2: try reader.double("beta_2", default: 0.99),
      options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "lion"))
  }

  public override var config: Config {
    [
      "beta_1": .number(beta1),
      "beta_2": .number(beta2),
    ]
  }

  public override var slotNames: [String] { ["momentum"] }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let momentum = step[slots[0]]
    step.assign(slots[0], momentum * beta2 + gradient * (1 - beta2))
    return value - (momentum * beta1 + gradient * (1 - beta1)).sign() * step.learningRate
  }
}
