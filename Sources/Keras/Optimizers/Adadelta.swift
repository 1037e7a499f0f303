import ModelFiles

/// Steps scaled by the ratio of the running root mean squares of past steps and gradients.
/// Source: Zeiler 2012, `keras.optimizers.Adadelta`.
public final class Adadelta: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let rho: Double
  public let epsilon: Double

  public init(
    learningRate: LearningRate = 0.001, rho: Double = 0.95, epsilon: Double = 1e-7,
    options: OptimizerOptions = OptimizerOptions(), name: String = "adadelta"
  ) {
    self.rho = rho
    self.epsilon = epsilon
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.001),
      rho: try reader.double("rho", default: 0.95),
      epsilon: try reader.double("epsilon", default: 1e-7),
      options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "adadelta"))
  }

  public override var config: Config {
    [
      "rho": .number(rho),
      "epsilon": .number(epsilon),
    ]
  }

  public override var slotNames: [String] { ["accumulated_grad", "accumulated_delta_var"] }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let squares = step[slots[0]] * rho + gradient.square() * (1 - rho)
    let changes = step[slots[1]]
    let change = (changes + epsilon).sqrt() * gradient / (squares + epsilon).sqrt()
    step.assign(slots[0], squares)
    step.assign(slots[1], changes * rho + change.square() * (1 - rho))
    return value - change * step.learningRate
  }
}
