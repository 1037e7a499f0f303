import ModelFiles

/// −Σ of the products of yTrue and yPred, each divided by its norm along an axis: −1 where they point the same way.
public struct CosineSimilarity: Loss, ConfigConstructible {
  public static let className = "CosineSimilarity"
  public let axis: Int
  public let reduction: LossReduction
  public let name: String

  public init(axis: Int = -1, reduction: LossReduction = .sumOverBatchSize, name: String = "cosine_similarity") {
    self.axis = axis
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      axis: try reader.int("axis", default: -1),
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "cosine_similarity"))
  }

  public var config: Config { ["axis": JSONValue(axis)] }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    -(yTrue.asType(yPred.dtype).normalize(axis: axis) * yPred.normalize(axis: axis)).sum(axis: [axis])
  }
}

/// mean(yPred − yTrue · log yPred) over the last axis.
public struct Poisson: Loss, ConfigConstructible {
  public static let className = "Poisson"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "poisson") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "poisson"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    (yPred - yTrue.asType(yPred.dtype) * (yPred + epsilon).log()).mean(axis: [-1])
  }
}

/// Σ yTrue · log(yTrue / yPred) over the last axis; both are kept between 1e-7 and 1.
public struct KLDivergence: Loss, ConfigConstructible {
  public static let className = "KLDivergence"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "kl_divergence") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "kl_divergence"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let target = yTrue.asType(yPred.dtype).clip(epsilon, 1)
    return (target * (target / yPred.clip(epsilon, 1)).log()).sum(axis: [-1])
  }
}
