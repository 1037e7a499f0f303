import ModelFiles

/// Adam with each variable's step scaled to the variable's norm, for large batches.
/// Source: You et al. 2019, `keras.optimizers.Lamb`.
public final class Lamb: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double

  public init(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    options: OptimizerOptions = OptimizerOptions(), name: String = "lamb"
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
      name: try reader.string("name", default: "lamb"))
  }

  public override var config: Config {
    [
      "beta_1": .number(beta1),
      "beta_2": .number(beta2),
      "epsilon": .number(epsilon),
    ]
  }

  public override var slotNames: [String] { ["momentum", "velocity"] }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let first = step[slots[0]]
    let second = step[slots[1]]
    let mean = first + (gradient - first) * (1 - beta1)
    let square = second + (gradient.square() - second) * (1 - beta2)
    step.assign(slots[0], mean)
    step.assign(slots[1], square)
    let unbiased = mean / (1 - Tensor(beta1).power(step.number))
    let deviation = (square / (1 - Tensor(beta2).power(step.number))).sqrt() + epsilon
    let change = unbiased / deviation
    let size = value.square().sum().sqrt()
    let changeSize = change.square().sum().sqrt()
    let isScaled = size.greater(0).logicalAnd(changeSize.greater(0))
    let ratio = `where`(isScaled, size.divideNoNaN(changeSize), Tensor(1, dtype: value.dtype))
    return value - change * (ratio * step.learningRate)
  }
}
