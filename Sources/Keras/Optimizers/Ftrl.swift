import ModelFiles

/// Follow the regularized leader: keeps the sum of the gradients, and sets variables of small sums to 0 (`l1`).
/// Source: McMahan et al. 2013, `keras.optimizers.Ftrl`.
public final class Ftrl: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let learningRatePower: Double
  public let initialAccumulatorValue: Double
  public let l1RegularizationStrength: Double
  public let l2RegularizationStrength: Double
  public let l2ShrinkageRegularizationStrength: Double
  public let beta: Double

  public init(
    learningRate: LearningRate = 0.001, learningRatePower: Double = -0.5, initialAccumulatorValue: Double = 0.1,
    l1RegularizationStrength: Double = 0, l2RegularizationStrength: Double = 0,
    l2ShrinkageRegularizationStrength: Double = 0, beta: Double = 0,
    options: OptimizerOptions = OptimizerOptions(), name: String = "ftrl"
  ) {
    self.learningRatePower = learningRatePower
    self.initialAccumulatorValue = initialAccumulatorValue
    self.l1RegularizationStrength = l1RegularizationStrength
    self.l2RegularizationStrength = l2RegularizationStrength
    self.l2ShrinkageRegularizationStrength = l2ShrinkageRegularizationStrength
    self.beta = beta
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.001),
      learningRatePower: try reader.double("learning_rate_power", default: -0.5),
      initialAccumulatorValue: try reader.double("initial_accumulator_value", default: 0.1),
      l1RegularizationStrength: try reader.double("l1_regularization_strength", default: 0),
      l2RegularizationStrength: try reader.double("l2_regularization_strength", default: 0),
      l2ShrinkageRegularizationStrength: try reader.double("l2_shrinkage_regularization_strength", default: 0),
      beta: try reader.double("beta", default: 0),
      options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "ftrl"))
  }

  public override var config: Config {
    [
      "learning_rate_power": .number(learningRatePower),
      "initial_accumulator_value": .number(initialAccumulatorValue),
      "l1_regularization_strength": .number(l1RegularizationStrength),
      "l2_regularization_strength": .number(l2RegularizationStrength),
      "l2_shrinkage_regularization_strength": .number(l2ShrinkageRegularizationStrength),
      "beta": .number(beta),
    ]
  }

  public override var slotNames: [String] { ["accumulator", "linear"] }
  public override func initialSlotValue(_ name: String) -> Double {
    name == "accumulator" ? initialAccumulatorValue : 0
  }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let rate = step.learningRate
    let accumulator = step[slots[0]]
    let next = accumulator + gradient.square()
    let shrunk = gradient + value * (2 * l2ShrinkageRegularizationStrength)
    let power = next.power(-learningRatePower)
    let sigma = (power - accumulator.power(-learningRatePower)) / rate
    let linear = step[slots[1]] + shrunk - sigma * value
    let l2 = l2RegularizationStrength + beta / (rate * 2)
    let quadratic = power / rate + l2 * 2
    step.assign(slots[0], next)
    step.assign(slots[1], linear)
    return (linear.clip(-l1RegularizationStrength, l1RegularizationStrength) - linear) / quadratic
  }
}
