import ModelFiles

/// 1 − 2·Σ yTrue·yPred / (Σ yTrue + Σ yPred) over the given axes, all by default.
public struct Dice: Loss, ConfigConstructible {
  public static let className = "Dice"
  public let axis: [Int]?
  public let reduction: LossReduction
  public let name: String

  public init(axis: [Int]? = nil, reduction: LossReduction = .sumOverBatchSize, name: String = "dice") {
    self.axis = axis
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      axis: try reader.optionalInts("axis"),
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "dice"))
  }

  public var config: Config { ["axis": JSONValue(axis)] }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let target = yTrue.asType(yPred.dtype)
    let overlap = (target * yPred).sum(axis: axis) * 2
    return 1 - overlap / (target.sum(axis: axis) + yPred.sum(axis: axis) + epsilon)
  }
}

/// 1 − o / (o + alpha·f + beta·m) over the given axes, all by default: o is Σ yTrue·yPred, f Σ yTrue·(1 − yPred),
/// m Σ (1 − yTrue)·yPred. Source: Salehi et al. 2017.
public struct Tversky: Loss, ConfigConstructible {
  public static let className = "Tversky"
  public let alpha: Double
  public let beta: Double
  public let axis: [Int]?
  public let reduction: LossReduction
  public let name: String

  public init(
    alpha: Double = 0.5, beta: Double = 0.5, axis: [Int]? = nil, reduction: LossReduction = .sumOverBatchSize,
    name: String = "tversky"
  ) {
    self.alpha = alpha
    self.beta = beta
    self.axis = axis
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      alpha: try reader.double("alpha", default: 0.5),
      beta: try reader.double("beta", default: 0.5),
      axis: try reader.optionalInts("axis"),
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "tversky"))
  }

  public var config: Config { ["alpha": .number(alpha), "beta": .number(beta), "axis": JSONValue(axis)] }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let target = yTrue.asType(yPred.dtype)
    let overlap = (target * yPred).sum(axis: axis)
    let missed = ((1 - yPred) * target).sum(axis: axis)
    let extra = (yPred * (1 - target)).sum(axis: axis)
    return 1 - overlap / (overlap + missed * alpha + extra * beta + epsilon)
  }
}
