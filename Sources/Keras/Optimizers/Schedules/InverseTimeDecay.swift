import ModelFiles

/// initial / (1 + rate · step / decaySteps), with `staircase` the quotient rounded down.
public struct InverseTimeDecay: LearningRateSchedule, ConfigConstructible {
  public static let className = "InverseTimeDecay"
  public let initialLearningRate: Double
  public let decaySteps: Int
  public let decayRate: Double
  public let staircase: Bool

  public init(_ initialLearningRate: Double, decaySteps: Int, decayRate: Double, staircase: Bool = false) {
    self.initialLearningRate = initialLearningRate
    self.decaySteps = decaySteps
    self.decayRate = decayRate
    self.staircase = staircase
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      try reader.double("initial_learning_rate", default: 0.01), decaySteps: try reader.int("decay_steps"),
      decayRate: try reader.double("decay_rate", default: 0.96),
      staircase: try reader.bool("staircase", default: false))
  }

  public var config: Config {
    [
      "initial_learning_rate": .number(initialLearningRate), "decay_steps": JSONValue(decaySteps),
      "decay_rate": .number(decayRate), "staircase": .bool(staircase), "name": "InverseTimeDecay",
    ]
  }

  public func callAsFunction(_ step: Tensor) -> Tensor {
    let quotient = step / Double(Swift.max(decaySteps, 1))
    return initialLearningRate / ((staircase ? quotient.floor() : quotient) * decayRate + 1)
  }
}
