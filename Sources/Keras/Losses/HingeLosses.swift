import ModelFiles

/// mean(max(1 − yTrue · yPred, 0)) over the last axis; targets are −1 or 1, or 0 or 1.
public struct Hinge: Loss, ConfigConstructible {
  public static let className = "Hinge"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "hinge") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "hinge"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    (1 - signs(yTrue.asType(yPred.dtype)) * yPred).maximum(0).mean(axis: [-1])
  }
}

/// mean(max(1 − yTrue · yPred, 0)²) over the last axis; targets are −1 or 1, or 0 or 1.
public struct SquaredHinge: Loss, ConfigConstructible {
  public static let className = "SquaredHinge"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "squared_hinge") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "squared_hinge"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    (1 - signs(yTrue.asType(yPred.dtype)) * yPred).maximum(0).square().mean(axis: [-1])
  }
}

/// max(max((1 − yTrue) · yPred) − Σ yTrue · yPred + 1, 0) over the last axis; targets are one-hot.
public struct CategoricalHinge: Loss, ConfigConstructible {
  public static let className = "CategoricalHinge"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "categorical_hinge") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "categorical_hinge"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let target = yTrue.asType(yPred.dtype)
    let positive = (target * yPred).sum(axis: [-1])
    let negative = ((1 - target) * yPred).max(axis: [-1])
    return (negative - positive + 1).maximum(0)
  }
}

/// Targets of 0 and 1 as −1 and 1; others stay as they are.
private func signs(_ yTrue: Tensor) -> Tensor {
  let isBinary = yTrue.equal(0).logicalOr(yTrue.equal(1)).all()
  return `where`(isBinary, yTrue * 2 - 1, yTrue)
}
