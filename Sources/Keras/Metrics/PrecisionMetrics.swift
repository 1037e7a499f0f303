import Graph
import ModelFiles

/// A ratio of outcomes at one or several thresholds: the base of `Precision` and `Recall`.
open class ConfusionRatio: Metric, @unchecked Sendable {
  /// Predictions above are positive; 0.5 unless given, and every one of the top k.
  public let thresholds: [Double]?
  public let topK: Int?
  /// The class to look at alone.
  public let classID: Int?
  private let misses: ConfusionOutcome
  private let hits: Variable
  private let missed: Variable

  init(
    _ misses: ConfusionOutcome, thresholds: [Double]?, topK: Int?, classID: Int?, name: String
  ) {
    self.thresholds = thresholds
    self.topK = topK
    self.classID = classID
    self.misses = misses
    let shape: Shape = [Swift.max(thresholds?.count ?? 1, 1)]
    hits = Metric.makeVariable("true_positives", shape, owner: name)
    missed = Metric.makeVariable(misses.rawValue, shape, owner: name)
    super.init(name: name)
    track([hits, missed])
  }

  open override var config: Config {
    ["thresholds": serializedThresholds(thresholds), "top_k": JSONValue(topK), "class_id": JSONValue(classID)]
  }

  open override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    let (target, prediction) = ConfusionSelection(topK: topK, classID: classID).apply(yTrue, yPred)
    let counts = ConfusionCounts(
      target, prediction, thresholds: ConfusionThresholds(thresholds ?? [topK == nil ? 0.5 : -1e10]),
      sampleWeight: sampleWeight)
    step.assign(hits, step[hits] + counts[.truePositives])
    step.assign(missed, step[missed] + counts[misses])
  }

  open override func result(_ step: StepContext) -> Tensor {
    let ratio = step[hits].divideNoNaN(step[hits] + step[missed])
    return hits.shape == [1] ? ratio.squeeze(0) : ratio
  }
}

/// The fraction of positive predictions that are right.
public final class Precision: ConfusionRatio, ConfigConstructible, @unchecked Sendable {
  public init(thresholds: [Double]? = nil, topK: Int? = nil, classID: Int? = nil, name: String = "precision") {
    super.init(
      .falsePositives, thresholds: thresholds, topK: topK, classID: classID,
      name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      thresholds: try reader.thresholds(), topK: try reader.optionalInt("top_k"),
      classID: try reader.optionalInt("class_id"), name: try reader.string("name", default: "precision"))
  }
}

/// The fraction of positive targets that are found.
public final class Recall: ConfusionRatio, ConfigConstructible, @unchecked Sendable {
  public init(thresholds: [Double]? = nil, topK: Int? = nil, classID: Int? = nil, name: String = "recall") {
    super.init(
      .falseNegatives, thresholds: thresholds, topK: topK, classID: classID,
      name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      thresholds: try reader.thresholds(), topK: try reader.optionalInt("top_k"),
      classID: try reader.optionalInt("class_id"), name: try reader.string("name", default: "recall"))
  }
}
