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

/// The schedules that files can name.
let scheduleRegistry = Registry<any LearningRateSchedule>(
  "learning rate schedule",
  [
    ExponentialDecay.self, InverseTimeDecay.self, PolynomialDecay.self, PiecewiseConstantDecay.self, CosineDecay.self,
    CosineDecayRestarts.self,
  ])

extension ConfigReader {
  func learningRate(default fallback: LearningRate) throws -> LearningRate {
    guard let member = value("learning_rate") else { return fallback }
    if let rate = member.double { return .constant(rate) }
    return .schedule(try scheduleRegistry.make(member))
  }
}
