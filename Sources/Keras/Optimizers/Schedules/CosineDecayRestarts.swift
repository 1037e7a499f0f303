import ModelFiles

/// Cosine decay that starts again after `firstDecaySteps` steps, each period `tMul` times as long as the one before and
/// from `mMul` times its height. Source: Loshchilov and Hutter 2016.
public struct CosineDecayRestarts: LearningRateSchedule, ConfigConstructible {
  public static let className = "CosineDecayRestarts"
  public let initialLearningRate: Double
  public let firstDecaySteps: Int
  public let tMul: Double
  public let mMul: Double
  public let alpha: Double

  public init(
    _ initialLearningRate: Double, firstDecaySteps: Int, tMul: Double = 2, mMul: Double = 1, alpha: Double = 0
  ) {
    self.initialLearningRate = initialLearningRate
    self.firstDecaySteps = firstDecaySteps
    self.tMul = tMul
    self.mMul = mMul
    self.alpha = alpha
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      try reader.double("initial_learning_rate", default: 0.01),
      firstDecaySteps: try reader.int("first_decay_steps"),
      tMul: try reader.double("t_mul", default: 2),
      mMul: try reader.double("m_mul", default: 1),
      alpha: try reader.double("alpha", default: 0))
  }

  public var config: Config {
    [
      "initial_learning_rate": .number(initialLearningRate), "first_decay_steps": JSONValue(firstDecaySteps),
      "t_mul": .number(tMul), "m_mul": .number(mMul), "alpha": .number(alpha),
      "name": "SGDRDecay",
    ]
  }

  public func callAsFunction(_ step: Tensor) -> Tensor {
    let quotient = step / Double(Swift.max(firstDecaySteps, 1))
    let restarts: Tensor
    let fraction: Tensor
    if tMul == 1 {
      restarts = quotient.floor()
      fraction = quotient - restarts
    } else {
      restarts = ((quotient * (tMul - 1) + 1).log() / Tensor(tMul).log()).floor()
      let length = Tensor(tMul).power(restarts)
      fraction = (quotient - (length - 1) / (tMul - 1)) / length
    }
    let cosine = Tensor(mMul).power(restarts) * ((fraction * Double.pi).cos() + 1) * 0.5
    return (cosine * (1 - alpha) + alpha) * initialLearningRate
  }
}
