import Graph
import ModelFiles

/// The area under a curve of two rates over the thresholds, as a sum. Source: `keras.metrics.AUC`.
public final class AUC: Metric, ConfigConstructible, @unchecked Sendable {
  /// True against false positives, precision against recall, or the gains of precision against those of recall.
  public enum Curve: String, Sendable, CaseIterable {
    case roc = "ROC"
    case pr = "PR"
    case prGain = "PRGAIN"
  }

  /// How the area between two thresholds is taken: by the mean, lower or upper height.
  public enum Summation: String, Sendable, CaseIterable { case interpolation, minoring, majoring }

  public let curve: Curve
  public let summation: Summation
  public let fromLogits: Bool
  /// Whether each place of the last axis has a curve of its own; the areas are averaged.
  public let multiLabel: Bool
  public let numLabels: Int?
  /// How much each label counts: its area where `multiLabel`, else its predictions.
  public let labelWeights: [Double]?
  private let given: [Double]?
  private let thresholds: ConfusionThresholds
  private var counts: [ConfusionOutcome: Variable] = [:]

  /// - Parameter thresholds: inner thresholds to use instead of `numThresholds` equally spaced ones.
  public init(
    numThresholds: Int = 200, curve: Curve = .roc, summation: Summation = .interpolation, thresholds: [Double]? = nil,
    multiLabel: Bool = false, numLabels: Int? = nil, labelWeights: [Double]? = nil, fromLogits: Bool = false,
    name: String = "auc"
  ) {
    self.curve = curve
    self.summation = summation
    self.multiLabel = multiLabel
    self.numLabels = numLabels
    self.labelWeights = labelWeights
    self.fromLogits = fromLogits
    given = thresholds?.sorted()
    let count = Swift.max(numThresholds, 2)
    let inner = given ?? (1..<(count - 1)).map { Double($0) / Double(count - 1) }
    self.thresholds = ConfusionThresholds([-epsilon] + inner + [1 + epsilon])
    super.init(name: name)
    if !multiLabel { addCounts(labels: nil) }
    if multiLabel, let numLabels { addCounts(labels: numLabels) }
  }

  public convenience init(from reader: ConfigReader) throws {
    let multiLabel = try reader.bool("multi_label", default: false)
    let numLabels = try reader.value("num_labels").map { _ in try reader.count("num_labels") }
    if numLabels != nil, !multiLabel { throw reader.error("num_labels", "needs multi_label") }
    self.init(
      numThresholds: try reader.count("num_thresholds", default: 200, atLeast: 2),
      curve: try reader.choice("curve", default: .roc),
      summation: try reader.choice("summation_method", default: .interpolation),
      thresholds: try reader.thresholds(), multiLabel: multiLabel, numLabels: numLabels,
      labelWeights: try reader.optionalDoubles("label_weights"),
      fromLogits: try reader.bool("from_logits", default: false), name: try reader.string("name", default: "auc"))
  }

  public override var config: Config {
    var config: Config = [
      "num_thresholds": JSONValue(thresholds.values.count), "curve": .string(curve.rawValue),
      "summation_method": .string(summation.rawValue), "multi_label": .bool(multiLabel),
      "num_labels": JSONValue(numLabels),
      "label_weights": labelWeights.map { .array($0.map { .number($0) }) } ?? .null,
      "from_logits": .bool(fromLogits),
    ]
    if let given { config["thresholds"] = .array(given.map { .number($0) }) }
    return config
  }

  private func addCounts(labels: Int?) {
    let shape = Shape([thresholds.values.count] + [labels].compactMap { $0 })
    for outcome in [ConfusionOutcome.truePositives, .falsePositives, .trueNegatives, .falseNegatives] {
      counts[outcome] = addVariable(outcome.rawValue, shape: shape)
    }
  }

  public override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    let (target, prediction) = ConfusionSelection().apply(yTrue, fromLogits ? yPred.sigmoid() : yPred)
    if counts.isEmpty { addCounts(labels: prediction.shape[-1]) }
    let batch = ConfusionCounts(
      target, prediction, thresholds: thresholds, sampleWeight: sampleWeight,
      labelWeights: multiLabel ? nil : labelWeights, keepingLabels: multiLabel)
    for (outcome, variable) in counts { step.assign(variable, step[variable] + batch[outcome]) }
  }

  public override func result(_ step: StepContext) -> Tensor {
    let areas = areas(step)
    guard multiLabel else { return areas.sum() }
    let labels = areas.sum(axis: [0])
    guard let labelWeights else { return labels.mean() }
    let weights = Tensor(labelWeights).asType(.float32)
    return (labels * weights).sum().divideNoNaN(weights.sum())
  }

  private func upper(_ x: Tensor) -> Tensor { x.slice(axis: 0, 0..<(thresholds.values.count - 1)) }
  private func lower(_ x: Tensor) -> Tensor { x.slice(axis: 0, 1..<thresholds.values.count) }

  /// The area between each two thresholds.
  private func areas(_ step: StepContext) -> Tensor {
    func count(_ outcome: ConfusionOutcome) -> Tensor { counts[outcome].map { step[$0] } ?? Tensor.zeros([2]) }
    let (hits, misses) = (count(.truePositives), count(.falseNegatives))
    let (falseAlarms, rejections) = (count(.falsePositives), count(.trueNegatives))
    if curve == .pr, summation == .interpolation { return interpolatedPrecision(hits, misses, falseAlarms) }
    let recall = hits.divideNoNaN(hits + misses)
    let (x, y): (Tensor, Tensor)
    switch curve {
    case .roc: (x, y) = (falseAlarms.divideNoNaN(falseAlarms + rejections), recall)
    case .pr: (x, y) = (recall, hits.divideNoNaN(hits + falseAlarms))
    case .prGain:
      let scale = (hits + misses).divideNoNaN(rejections + falseAlarms)
      let isHitless = hits.equal(0)
      x = `where`(isHitless, Tensor(0), 1 - scale * misses.divideNoNaN(hits)).maximum(0)
      y = `where`(isHitless, Tensor(1), 1 - scale * falseAlarms.divideNoNaN(hits))
    }
    let height =
      switch summation {
      case .interpolation: (upper(y) + lower(y)) / 2
      case .minoring: upper(y).minimum(lower(y))
      case .majoring: upper(y).maximum(lower(y))
      }
    return (upper(x) - lower(x)) * height
  }

  /// Davis and Goadrich 2006: true positives lie on a line between two thresholds, precision does not.
  private func interpolatedPrecision(_ hits: Tensor, _ misses: Tensor, _ falseAlarms: Tensor) -> Tensor {
    let predicted = hits + falseAlarms
    let change = upper(hits) - lower(hits)
    let slope = change.divideNoNaN((upper(predicted) - lower(predicted)).maximum(0))
    let intercept = lower(hits) - slope * lower(predicted)
    let isSafe = upper(predicted).greater(0).logicalAnd(lower(predicted).greater(0))
    let ratio = `where`(isSafe, upper(predicted).divideNoNaN(lower(predicted)), Tensor(1))
    return (slope * (change + intercept * ratio.log())).divideNoNaN(lower(hits) + lower(misses))
  }
}
