import ModelFiles

/// initial · ((1 − alpha) · (1 + cos(π · step / decaySteps)) / 2 + alpha), before it, with a warm-up target, in
/// `warmupSteps` equal steps up to the target, which then decays. Source: Loshchilov and Hutter 2016.
public struct CosineDecay: LearningRateSchedule, ConfigConstructible {
  public static let className = "CosineDecay"
  public let initialLearningRate: Double
  public let decaySteps: Int
  public let alpha: Double
  public let warmupTarget: Double?
  public let warmupSteps: Int

  public init(
    _ initialLearningRate: Double, decaySteps: Int, alpha: Double = 0, warmupTarget: Double? = nil, warmupSteps: Int = 0
  ) {
    self.initialLearningRate = initialLearningRate
    self.decaySteps = decaySteps
    self.alpha = alpha
    self.warmupTarget = warmupTarget
    self.warmupSteps = warmupSteps
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      try reader.double("initial_learning_rate", default: 0.01),
      decaySteps: try reader.int("decay_steps"),
      alpha: try reader.double("alpha", default: 0),
      warmupTarget: try reader.optionalDouble("warmup_target"),
      warmupSteps: try reader.int("warmup_steps", default: 0))
  }

  public var config: Config {
    [
      "initial_learning_rate": .number(initialLearningRate), "decay_steps": JSONValue(decaySteps),
      "alpha": .number(alpha), "warmup_target": JSONValue(warmupTarget), "warmup_steps": JSONValue(warmupSteps),
      "name": "CosineDecay",
    ]
  }

  public func callAsFunction(_ step: Tensor) -> Tensor {
    guard let warmupTarget else { return decayed(step, from: initialLearningRate) }
    let warmup = Double(warmupSteps)
    let slope = (warmupTarget - initialLearningRate) / Swift.max(warmup, 1)
    return `where`(
      step.less(warmup), step * slope + initialLearningRate, decayed((step - warmup).maximum(0), from: warmupTarget))
  }

  private func decayed(_ step: Tensor, from start: Double) -> Tensor {
    let fraction = (step / Double(Swift.max(decaySteps, 1))).minimum(1)
    let cosine = ((fraction * Double.pi).cos() + 1) * 0.5
    return (cosine * (1 - alpha) + alpha) * start
  }
}
