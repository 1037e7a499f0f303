import ModelFiles

/// (initial − end) · (1 − step / decaySteps)^power + end, which stays at the end or, with `cycle`, starts again over a
/// multiple of the steps.
public struct PolynomialDecay: LearningRateSchedule, ConfigConstructible {
  public static let className = "PolynomialDecay"
  public let initialLearningRate: Double
  public let decaySteps: Int
  public let endLearningRate: Double
  public let power: Double
  public let cycle: Bool

  public init(
    _ initialLearningRate: Double, decaySteps: Int, endLearningRate: Double = 0.0001, power: Double = 1,
    cycle: Bool = false
  ) {
    self.initialLearningRate = initialLearningRate
    self.decaySteps = decaySteps
    self.endLearningRate = endLearningRate
    self.power = power
    self.cycle = cycle
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      try reader.double("initial_learning_rate", default: 0.01),
      decaySteps: try reader.int("decay_steps"),
      endLearningRate: try reader.double("end_learning_rate", default: 0.0001),
      power: try reader.double("power", default: 1),
      cycle: try reader.bool("cycle", default: false))
  }

  public var config: Config {
    [
      "initial_learning_rate": .number(initialLearningRate), "decay_steps": JSONValue(decaySteps),
      "end_learning_rate": .number(endLearningRate), "power": .number(power), "cycle": .bool(cycle),
      "name": "PolynomialDecay",
    ]
  }

  public func callAsFunction(_ step: Tensor) -> Tensor {
    let steps = Double(Swift.max(decaySteps, 1))
    let quotient = step / steps
    let fraction = cycle ? quotient / quotient.ceil().maximum(1) : quotient.minimum(1)
    return (1 - fraction).power(power) * (initialLearningRate - endLearningRate) + endLearningRate
  }
}
