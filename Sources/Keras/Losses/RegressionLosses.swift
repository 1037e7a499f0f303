import ModelFiles

/// mean((yTrue − yPred)²) over the last axis.
public struct MeanSquaredError: Loss, ConfigConstructible {
  public static let className = "MeanSquaredError"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "mean_squared_error") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(_ reader: ConfigReader) throws {
    self.init(reduction: try reader.reduction(), name: try reader.string("name", default: "mean_squared_error"))
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

  public init(_ reader: ConfigReader) throws {
    self.init(reduction: try reader.reduction(), name: try reader.string("name", default: "mean_absolute_error"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    (yPred - yTrue.asType(yPred.dtype)).absolute().mean(axis: [-1])
  }
}

extension Loss where Self == MeanSquaredError {
  public static var meanSquaredError: MeanSquaredError { MeanSquaredError() }
}
extension Loss where Self == MeanAbsoluteError {
  public static var meanAbsoluteError: MeanAbsoluteError { MeanAbsoluteError() }
}
