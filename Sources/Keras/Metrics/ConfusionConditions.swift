import Graph
import ModelFiles

/// The weighted number of predictions with one outcome, at one or several thresholds.
open class ConfusionCondition: Metric, @unchecked Sendable {
  /// Predictions above are positive; 0.5 unless given.
  public let thresholds: [Double]?
  private let outcome: ConfusionOutcome
  private let accumulator: Variable

  init(_ outcome: ConfusionOutcome, thresholds: [Double]?, name: String) {
    self.outcome = outcome
    self.thresholds = thresholds
    accumulator = Metric.makeVariable("accumulator", [Swift.max(thresholds?.count ?? 1, 1)], owner: name)
    super.init(name: name)
    track([accumulator])
  }

  open override var config: Config { ["thresholds": serializedThresholds(thresholds)] }

  open override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    let (target, prediction) = ConfusionSelection().apply(yTrue, yPred)
    let counts = ConfusionCounts(
      target, prediction, thresholds: ConfusionThresholds(thresholds ?? [0.5]), sampleWeight: sampleWeight)
    step.assign(accumulator, step[accumulator] + counts[outcome])
  }

  open override func result(_ step: StepContext) -> Tensor {
    accumulator.shape == [1] ? step[accumulator].squeeze(0) : step[accumulator]
  }
}

/// Thresholds as Keras's files hold them; a list of one means the same as the number.
func serializedThresholds(_ thresholds: [Double]?) -> JSONValue {
  guard let thresholds, thresholds.count != 1 else { return JSONValue(thresholds?.first) }
  return .array(thresholds.map { .number($0) })
}

/// How many positive predictions are right.
public final class TruePositives: ConfusionCondition, ConfigConstructible, @unchecked Sendable {
  public init(thresholds: [Double]? = nil, name: String = "true_positives") {
    super.init(.truePositives, thresholds: thresholds, name: name)
  }
  public convenience init(from reader: ConfigReader) throws {
    self.init(thresholds: try reader.thresholds(), name: try reader.string("name", default: "true_positives"))
  }
}

/// How many negative predictions are right.
public final class TrueNegatives: ConfusionCondition, ConfigConstructible, @unchecked Sendable {
  public init(thresholds: [Double]? = nil, name: String = "true_negatives") {
    super.init(.trueNegatives, thresholds: thresholds, name: name)
  }
  public convenience init(from reader: ConfigReader) throws {
    self.init(thresholds: try reader.thresholds(), name: try reader.string("name", default: "true_negatives"))
  }
}

/// How many positive predictions are wrong.
public final class FalsePositives: ConfusionCondition, ConfigConstructible, @unchecked Sendable {
  public init(thresholds: [Double]? = nil, name: String = "false_positives") {
    super.init(.falsePositives, thresholds: thresholds, name: name)
  }
  public convenience init(from reader: ConfigReader) throws {
    self.init(thresholds: try reader.thresholds(), name: try reader.string("name", default: "false_positives"))
  }
}

/// How many negative predictions are wrong.
public final class FalseNegatives: ConfusionCondition, ConfigConstructible, @unchecked Sendable {
  public init(thresholds: [Double]? = nil, name: String = "false_negatives") {
    super.init(.falseNegatives, thresholds: thresholds, name: name)
  }
  public convenience init(from reader: ConfigReader) throws {
    self.init(thresholds: try reader.thresholds(), name: try reader.string("name", default: "false_negatives"))
  }
}
