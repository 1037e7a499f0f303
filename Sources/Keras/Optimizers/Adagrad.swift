import ModelFiles

/// Steps divided by the root of the sum of all squared gradients: `a ← a + g²`, `w ← w − rate · g / √(a + ε)`.
/// Source: Duchi et al. 2011, `keras.optimizers.Adagrad`.
public final class Adagrad: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let initialAccumulatorValue: Double
  public let epsilon: Double

  public init(
    learningRate: LearningRate = 0.001, initialAccumulatorValue: Double = 0.1, epsilon: Double = 1e-7,
    options: OptimizerOptions = OptimizerOptions(), name: String = "adagrad"
  ) {
    self.initialAccumulatorValue = initialAccumulatorValue
    self.epsilon = epsilon
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.001),
      initialAccumulatorValue: try reader.double("initial_accumulator_value", default: 0.1),
      epsilon: try reader.double("epsilon", default: 1e-7),
      options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "adagrad"))
  }

  public override var config: Config {
    [
      "initial_accumulator_value": .number(initialAccumulatorValue),
      "epsilon": .number(epsilon),
    ]
  }

  public override var slotNames: [String] { ["accumulator"] }
  public override func initialSlotValue(_ name: String) -> Double { initialAccumulatorValue }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let accumulator = step[slots[0]] + gradient.square()
    step.assign(slots[0], accumulator)
    return value - gradient * step.learningRate / (accumulator + epsilon).sqrt()
  }
}
