import ModelFiles

/// How large an optimizer's steps are: a number, or a function of the number of steps taken.
public protocol LearningRateSchedule: Sendable {
  static var className: String { get }
  var config: Config { get }
  /// The rate at a step; `step` is a float32 scalar that counts from 0.
  func callAsFunction(_ step: Tensor) -> Tensor
}

/// A learning rate: written as a number, or a schedule.
public enum LearningRate: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  case constant(Double)
  case schedule(any LearningRateSchedule)

  public init(floatLiteral value: Double) { self = .constant(value) }
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }

  var serialized: JSONValue {
    switch self {
    case .constant(let rate): .number(rate)
    case .schedule(let schedule):
      serialize(
        module: "keras.optimizers.schedules", className: type(of: schedule).className, config: schedule.config)
    }
  }
}

/// initial · rate^(step / decaySteps), with `staircase` the exponent rounded down.
public struct ExponentialDecay: LearningRateSchedule, ConfigConstructible {
  public static let className = "ExponentialDecay"
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

  public init(_ reader: ConfigReader) throws {
    self.init(
      try reader.double("initial_learning_rate", default: 0.01), decaySteps: try reader.int("decay_steps"),
      decayRate: try reader.double("decay_rate", default: 0.96),
      staircase: try reader.bool("staircase", default: false))
  }

  public var config: Config {
    [
      "initial_learning_rate": .number(initialLearningRate), "decay_steps": JSONValue(decaySteps),
      "decay_rate": .number(decayRate), "staircase": .bool(staircase), "name": "ExponentialDecay",
    ]
  }

  public func callAsFunction(_ step: Tensor) -> Tensor {
    let exponent = step / Double(decaySteps)
    return Tensor(decayRate).power(staircase ? exponent.floor() : exponent) * initialLearningRate
  }
}

/// The schedules that files can name.
let scheduleRegistry = Registry<any LearningRateSchedule>("learning rate schedule", [ExponentialDecay.self])

extension ConfigReader {
  func learningRate(default fallback: LearningRate) throws -> LearningRate {
    guard let member = value("learning_rate") else { return fallback }
    if let rate = member.double { return .constant(rate) }
    return .schedule(try scheduleRegistry.make(member))
  }
}
