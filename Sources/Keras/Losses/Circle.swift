import ModelFiles

/// How far embeddings of equal labels are apart and those of other labels together: softplus of the log-sum-exp
/// of both kinds of weighted distances. yTrue holds labels, yPred L2-normalized embeddings. Source: Sun et al. 2020.
public struct Circle: Loss, ConfigConstructible {
  public static let className = "Circle"
  public let gamma: Double
  public let margin: Double
  public let removeDiagonal: Bool
  public let reduction: LossReduction
  public let name: String

  public init(
    gamma: Double = 80, margin: Double = 0.4, removeDiagonal: Bool = true, reduction: LossReduction = .sumOverBatchSize,
    name: String = "circle"
  ) {
    self.gamma = gamma
    self.margin = margin
    self.removeDiagonal = removeDiagonal
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      gamma: try reader.double("gamma", default: 80),
      margin: try reader.double("margin", default: 0.4),
      removeDiagonal: try reader.bool("remove_diagonal", default: true),
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "circle"))
  }

  public var config: Config {
    ["gamma": .number(gamma), "margin": .number(margin), "remove_diagonal": .bool(removeDiagonal)]
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let labels = yTrue.asType(.int32).reshape([-1, 1])
    let same = labels.equal(labels.transpose())
    let count = yPred.shape[0]
    let positive = removeDiagonal ? same.logicalAnd(Tensor.eye(count, dtype: .bool).logicalNot()) : same
    let distance = (1 - yPred.matmul(yPred.transpose())).maximum(0)
    let lowest = Tensor(-Double.infinity, dtype: yPred.dtype)
    let near = (distance + margin).maximum(0) * (margin - distance) * -gamma
    let far = (1 + margin - distance).maximum(0) * (1 - margin - distance) * gamma
    let total =
      `where`(positive, near, lowest).logSumExp(axis: [1])
      + `where`(same.logicalNot(), far, lowest).logSumExp(axis: [1])
    let losses = total.softplus()
    return losses.masked(by: losses.greater(0))
  }

  public func validate(_ yTrue: Tensor, outputShape: [Int?]) throws {
    try validateLabels(yTrue, outputShape: outputShape)
  }
}
