import ModelFiles

/// mean((yTrue − yPred)²) over the last axis.
public struct MeanSquaredError: Loss, ConfigConstructible {
  public static let className = "MeanSquaredError"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "mean_squared_error") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "mean_squared_error"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    (yPred - yTrue.asType(yPred.dtype)).square().mean(axis: [-1])
  }
}

/// mean(|yTrue − yPred|) over the last axis.
public struct MeanAbsoluteError: Loss, ConfigConstructible {
  public static let className = "MeanAbsoluteError"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "mean_absolute_error") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "mean_absolute_error"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    (yPred - yTrue.asType(yPred.dtype)).absolute().mean(axis: [-1])
  }
}

/// 100 · mean(|yTrue − yPred| / |yTrue|) over the last axis; |yTrue| is at least 1e-7.
public struct MeanAbsolutePercentageError: Loss, ConfigConstructible {
  public static let className = "MeanAbsolutePercentageError"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "mean_absolute_percentage_error") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "mean_absolute_percentage_error"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let target = yTrue.asType(yPred.dtype)
    return ((target - yPred) / target.absolute().maximum(epsilon)).absolute().mean(axis: [-1]) * 100
  }
}

/// mean((log(1 + yTrue) − log(1 + yPred))²) over the last axis; both are at least 1e-7.
public struct MeanSquaredLogarithmicError: Loss, ConfigConstructible {
  public static let className = "MeanSquaredLogarithmicError"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "mean_squared_logarithmic_error") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "mean_squared_logarithmic_error"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let target = yTrue.asType(yPred.dtype)
    let difference = (yPred.maximum(epsilon) + 1).log() - (target.maximum(epsilon) + 1).log()
    return difference.square().mean(axis: [-1])
  }
}

/// mean(log(cosh(yPred − yTrue))) over the last axis.
public struct LogCosh: Loss, ConfigConstructible {
  public static let className = "LogCosh"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "log_cosh") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "log_cosh"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let error = yPred - yTrue.asType(yPred.dtype)
    return (error + (error * -2).softplus() - 0.6931471805599453).mean(axis: [-1])
  }
}

/// ½·e² where |e| ≤ delta, else delta·|e| − ½·delta², of e = yPred − yTrue; the mean over the last axis.
public struct Huber: Loss, ConfigConstructible {
  public static let className = "Huber"
  public let delta: Double
  public let reduction: LossReduction
  public let name: String

  public init(delta: Double = 1, reduction: LossReduction = .sumOverBatchSize, name: String = "huber_loss") {
    self.delta = delta
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      delta: try reader.double("delta", default: 1),
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "huber_loss"))
  }

  public var config: Config { ["delta": .number(delta)] }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let error = yPred - yTrue.asType(yPred.dtype)
    let size = error.absolute()
    let outside = size * delta - 0.5 * delta * delta
    return `where`(size.lessEqual(delta), error.square() * 0.5, outside).mean(axis: [-1])
  }
}

extension Loss where Self == MeanSquaredError {
  public static var meanSquaredError: MeanSquaredError { MeanSquaredError() }
}
extension Loss where Self == MeanAbsoluteError {
  public static var meanAbsoluteError: MeanAbsoluteError { MeanAbsoluteError() }
}
extension Loss where Self == Huber {
  public static func huber(delta: Double = 1) -> Huber { Huber(delta: delta) }
}
