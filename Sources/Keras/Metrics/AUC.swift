import Graph
import ModelFiles

/// The area under the curve of true against false positives (`.roc`) or of precision against recall (`.pr`), as a
/// sum over thresholds. Source: `keras.metrics.AUC`.
public final class AUC: Metric, ConfigConstructible, @unchecked Sendable {
  public enum Curve: String, Sendable, CaseIterable { case roc = "ROC", pr = "PR" }

  /// How the area between two thresholds is taken: by the mean, lower or upper height.
  public enum Summation: String, Sendable, CaseIterable { case interpolation, minoring, majoring }

  public let curve: Curve
  public let summation: Summation
  public let fromLogits: Bool
  private let numThresholds: Int
  private let given: [Double]?
  private let thresholds: [Double]
  private let counts: [ConfusionOutcome: Variable]

  /// - Parameter thresholds: inner thresholds to use instead of `numThresholds` equally spaced ones.
  public init(
    numThresholds: Int = 200, curve: Curve = .roc, summation: Summation = .interpolation, thresholds: [Double]? = nil,
    fromLogits: Bool = false, name: String = "auc"
  ) {
    self.curve = curve
    self.summation = summation
    self.fromLogits = fromLogits
    given = thresholds?.sorted()
    let count = Swift.max(numThresholds, 2)
    let inner = given ?? (1..<(count - 1)).map { Double($0) / Double(count - 1) }
    self.thresholds = [-epsilon] + inner + [1 + epsilon]
    self.numThresholds = self.thresholds.count
    let shape: Shape = [self.thresholds.count]
    let order: [ConfusionOutcome] = [.truePositives, .falsePositives, .trueNegatives, .falseNegatives]
    let variables = order.map { Metric.makeVariable($0.rawValue, shape, owner: name) }
    counts = Dictionary(uniqueKeysWithValues: zip(order, variables))
    super.init(name: name)
    track(variables)
  }

  public convenience init(_ reader: ConfigReader) throws {
    if try reader.bool("multi_label", default: false) {
      throw reader.error("multi_label", "is not supported; use one AUC for each label")
    }
    let count = try reader.int("num_thresholds", default: 200)
    if count < 2 { throw reader.error("num_thresholds", "must be at least 2, found \(count)") }
    self.init(
      numThresholds: count, curve: try reader.choice("curve", default: .roc),
      summation: try reader.choice("summation_method", default: .interpolation),
      thresholds: try reader.optionalDoubles("thresholds"), fromLogits: try reader.bool("from_logits", default: false),
      name: try reader.string("name", default: "auc"))
  }

  public override var config: Config {
    var config: Config = [
      "num_thresholds": JSONValue(numThresholds), "curve": .string(curve.rawValue),
      "summation_method": .string(summation.rawValue), "multi_label": false, "num_labels": nil, "label_weights": nil,
      "from_logits": .bool(fromLogits),
    ]
    if let given { config["thresholds"] = .array(given.map { .number($0) }) }
    return config
  }

  public override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    let (target, prediction) = ConfusionSelection().apply(yTrue, fromLogits ? yPred.sigmoid() : yPred)
    let batch = ConfusionCounts(target, prediction, thresholds: thresholds, sampleWeight: sampleWeight)
    for (outcome, variable) in counts { step.assign(variable, step[variable] + batch[outcome]) }
  }

  public override func result(_ step: StepContext) -> Tensor {
    func count(_ outcome: ConfusionOutcome) -> Tensor { counts[outcome].map { step[$0] } ?? Tensor(0) }
    let (hits, misses) = (count(.truePositives), count(.falseNegatives))
    let (falseAlarms, rejections) = (count(.falsePositives), count(.trueNegatives))
    func upper(_ x: Tensor) -> Tensor { x.slice(axis: 0, 0..<(numThresholds - 1)) }
    func lower(_ x: Tensor) -> Tensor { x.slice(axis: 0, 1..<numThresholds) }
    if curve == .pr, summation == .interpolation {
      // Davis and Goadrich 2006: true positives lie on a line between two thresholds, precision does not.
      let predicted = hits + falseAlarms
      let change = upper(hits) - lower(hits)
      let slope = change.divideNoNaN((upper(predicted) - lower(predicted)).maximum(0))
      let intercept = lower(hits) - slope * lower(predicted)
      let isSafe = upper(predicted).greater(0).logicalAnd(lower(predicted).greater(0))
      let ratio = `where`(isSafe, upper(predicted).divideNoNaN(lower(predicted)), Tensor(1))
      return (slope * (change + intercept * ratio.log())).divideNoNaN(lower(hits) + lower(misses)).sum()
    }
    let recall = hits.divideNoNaN(hits + misses)
    let x = curve == .roc ? falseAlarms.divideNoNaN(falseAlarms + rejections) : recall
    let y = curve == .roc ? recall : hits.divideNoNaN(hits + falseAlarms)
    let height =
      switch summation {
      case .interpolation: (upper(y) + lower(y)) / 2
      case .minoring: upper(y).minimum(lower(y))
      case .majoring: upper(y).maximum(lower(y))
      }
    return ((upper(x) - lower(x)) * height).sum()
  }
}
