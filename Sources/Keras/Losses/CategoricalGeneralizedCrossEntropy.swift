import ModelFiles

/// (1 − p^q) / q of the probability p given to the true class; targets are class indices. Robust against wrong
/// labels. Source: Zhang and Sabuncu 2018.
public struct CategoricalGeneralizedCrossEntropy: Loss, ConfigConstructible {
  public static let className = "CategoricalGeneralizedCrossEntropy"
  public let q: Double
  public let reduction: LossReduction
  public let name: String

  public init(
    q: Double = 0.5, reduction: LossReduction = .sumOverBatchSize,
    name: String = "categorical_generalized_cross_entropy"
  ) {
    self.q = q
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      q: try reader.double("q", default: 0.5),
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "categorical_generalized_cross_entropy"))
  }

  public var config: Config { ["q": .number(q)] }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let hot = yTrue.asType(.int32).oneHot(yPred.shape[-1], dtype: yPred.dtype)
    return (1 - (yPred * hot).sum(axis: [-1]).power(q)) / q
  }

  public func validate(_ yTrue: Tensor, outputShape: [Int?]) throws {
    try validateLabels(yTrue, outputShape: outputShape)
  }
}
