import ModelFiles

/// Connectionist temporal classification: −log of the probability that the predictions spell the labels, however
/// they are stretched over time.
///
/// `yTrue` `[batch, labels]` of class indices, filled up with 0, which is the class between labels; `yPred`
/// `[batch, time, classes]` of logits. Source: `keras.losses.CTC`.
public struct CTC: Loss, ConfigConstructible {
  public static let className = "CTC"
  public let reduction: LossReduction
  public let name: String

  public init(reduction: LossReduction = .sumOverBatchSize, name: String = "ctc") {
    (self.reduction, self.name) = (reduction, name)
  }

  public init(from reader: ConfigReader) throws {
    self.init(reduction: try reader.reduction(), name: try reader.string("name", default: "ctc"))
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let labels = yTrue.asType(.int32)
    let steps = Tensor.full([yPred.shape[0]], Double(yPred.shape[1]), dtype: .int32)
    return yPred.ctcLoss(
      target: labels, targetLength: labels.notEqual(0).asType(.int32).sum(axis: [-1]), outputLength: steps)
  }

  public func validate(_ yTrue: Tensor, outputShape: [Int?]) throws {
    guard yTrue.rank == 2, outputShape.count == 3 else {
      throw KerasError(
        .incompatibleShape, "y (\(name))",
        "takes labels [batch, labels] for an output [batch, time, classes], found \(describe(yTrue.partialShape)) and "
          + describe(outputShape))
    }
  }
}
