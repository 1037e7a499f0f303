import Graph
import ModelFiles

/// The best of one rate among the thresholds at which another is large enough.
open class OperatingPoint: Metric, ConfigConstructible, @unchecked Sendable {
  /// The rate that must be reached, from 0 to 1.
  public let value: Double
  /// The class to look at alone.
  public let classID: Int?
  private let thresholds: ConfusionThresholds
  private let counts: [ConfusionOutcome: Variable]

  /// The argument that gives `value`: the name of the rate that must be reached.
  class var constraint: String { "value" }

  /// - Parameters:
  ///   - value: the rate that must be reached.
  ///   - numThresholds: of thresholds from 0 to 1.
  ///   - classID: the class to look at alone.
  public required init(_ value: Double, numThresholds: Int = 200, classID: Int? = nil, name: String? = nil) {
    let name = name ?? snakeCase(Self.className)
    self.value = value
    self.classID = classID
    thresholds = ConfusionThresholds(ConfusionThresholds.even(numThresholds))
    let order: [ConfusionOutcome] = [.truePositives, .falsePositives, .trueNegatives, .falseNegatives]
    let shape: Shape = [thresholds.values.count]
    let variables = order.map { Metric.makeVariable($0.rawValue, shape, owner: name) }
    counts = Dictionary(uniqueKeysWithValues: zip(order, variables))
    super.init(name: name)
    track(variables)
  }

  public required convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.fraction(Self.constraint), numThresholds: try reader.count("num_thresholds", default: 200),
      classID: try reader.optionalInt("class_id"), name: try reader.optionalString("name"))
  }

  open override var config: Config {
    [
      "class_id": JSONValue(classID), "num_thresholds": JSONValue(thresholds.values.count),
      Self.constraint: .number(value),
    ]
  }

  open override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    let (target, prediction) = ConfusionSelection(classID: classID).apply(yTrue, yPred)
    let batch = ConfusionCounts(target, prediction, thresholds: thresholds, sampleWeight: sampleWeight)
    for (outcome, variable) in counts { step.assign(variable, step[variable] + batch[outcome]) }
  }

  /// `hits / (hits + misses)` at each threshold.
  func rate(_ hits: ConfusionOutcome, _ misses: ConfusionOutcome, _ step: StepContext) -> Tensor {
    guard let hits = counts[hits], let misses = counts[misses] else { return Tensor(0) }
    return step[hits].divideNoNaN(step[hits] + step[misses])
  }

  /// The largest `rate` where `constrained` reaches the value, 0 where it nowhere does.
  func best(_ rate: Tensor, where constrained: Tensor) -> Tensor {
    `where`(constrained.greaterEqual(value), rate, Tensor(0)).max()
  }
}

/// The largest share of positives found (`tp / (tp + fn)`) where the share of negatives found is at least `value`.
public final class SensitivityAtSpecificity: OperatingPoint, @unchecked Sendable {
  override class var constraint: String { "specificity" }

  public override func result(_ step: StepContext) -> Tensor {
    best(
      rate(.truePositives, .falseNegatives, step), where: rate(.trueNegatives, .falsePositives, step))
  }
}

/// The largest share of negatives found (`tn / (tn + fp)`) where the share of positives found is at least `value`.
public final class SpecificityAtSensitivity: OperatingPoint, @unchecked Sendable {
  override class var constraint: String { "sensitivity" }

  public override func result(_ step: StepContext) -> Tensor {
    best(
      rate(.trueNegatives, .falsePositives, step), where: rate(.truePositives, .falseNegatives, step))
  }
}

/// The largest precision where the recall is at least `value`.
public final class PrecisionAtRecall: OperatingPoint, @unchecked Sendable {
  override class var constraint: String { "recall" }

  public override func result(_ step: StepContext) -> Tensor {
    best(
      rate(.truePositives, .falsePositives, step), where: rate(.truePositives, .falseNegatives, step))
  }
}

/// The largest recall where the precision is at least `value`.
public final class RecallAtPrecision: OperatingPoint, @unchecked Sendable {
  override class var constraint: String { "precision" }

  public override func result(_ step: StepContext) -> Tensor {
    best(
      rate(.truePositives, .falseNegatives, step), where: rate(.truePositives, .falsePositives, step))
  }
}
