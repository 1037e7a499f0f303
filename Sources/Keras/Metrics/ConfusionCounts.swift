import Graph

/// How predictions over a threshold meet the targets.
public enum ConfusionOutcome: String, Sendable, CaseIterable {
  case truePositives = "true_positives"
  case falsePositives = "false_positives"
  case trueNegatives = "true_negatives"
  case falseNegatives = "false_negatives"
}

/// Which predictions a confusion-matrix metric looks at.
struct ConfusionSelection: Sendable {
  var topK: Int?
  var classID: Int?

  /// Targets and predictions, those outside of the top k made smaller than every threshold.
  func apply(_ yTrue: Tensor, _ yPred: Tensor) -> (Tensor, Tensor) {
    var (target, prediction) = (yTrue.asType(.float32), yPred.asType(.float32))
    if target.rank + 1 == prediction.rank { target = target.expandDims(-1) }
    if prediction.rank + 1 == target.rank { prediction = prediction.expandDims(-1) }
    if let topK {
      let best = prediction.topK(topK).indices.oneHot(prediction.shape[-1]).sum(axis: [-2])
      prediction = prediction * best + (1 - best) * -1e10
    }
    if let classID {
      target = target.slice(axis: -1, classID..<(classID + 1))
      prediction = prediction.slice(axis: -1, classID..<(classID + 1))
    }
    return (target, prediction)
  }
}

/// The weighted numbers of each outcome at each threshold, `[thresholds]`.
struct ConfusionCounts {
  private let isPositive: Tensor
  private let isPredicted: Tensor
  private let weights: Tensor

  init(_ yTrue: Tensor, _ yPred: Tensor, thresholds: [Double], sampleWeight: Tensor?, keepingLabels: Bool = false) {
    // Without labels all elements are in one row; with them they stay apart along the last axis.
    let extents = keepingLabels ? [1, -1, yPred.shape[-1]] : [1, -1]
    var weight = Tensor.ones(yPred.shape)
    if var given = sampleWeight?.asType(.float32) {
      while given.rank > yPred.rank, given.shape[-1] == 1 { given = given.squeeze(-1) }
      while given.rank < yPred.rank { given = given.expandDims(-1) }
      weight = weight * given
    }
    let limits = Tensor(thresholds).asType(.float32).reshape(keepingLabels ? [-1, 1, 1] : [-1, 1])
    isPositive = yTrue.reshape(extents).notEqual(0)
    isPredicted = yPred.reshape(extents).greater(limits)
    weights = weight.reshape(extents)
  }

  subscript(outcome: ConfusionOutcome) -> Tensor {
    let holds =
      switch outcome {
      case .truePositives: isPositive.logicalAnd(isPredicted)
      case .falsePositives: isPositive.logicalNot().logicalAnd(isPredicted)
      case .trueNegatives: isPositive.logicalNot().logicalAnd(isPredicted.logicalNot())
      case .falseNegatives: isPositive.logicalAnd(isPredicted.logicalNot())
      }
    return (holds.asType(.float32) * weights).sum(axis: [1])
  }
}
