import Graph
import ModelFiles

/// The coefficient of determination, `1 − Σ(yTrue − yPred)² / Σ(yTrue − mean)²` of each output.
///
/// With `numRegressors` adjusted: `1 − (1 − R²)(n − 1) / (n − p − 1)`. Source: `keras.metrics.R2Score`.
public final class R2Score: Metric, ConfigConstructible, @unchecked Sendable {
  /// How the outputs' scores become one number.
  public enum Aggregation: String, Sendable, CaseIterable {
    case uniformAverage = "uniform_average"
    case varianceWeightedAverage = "variance_weighted_average"
  }

  public let classAggregation: Aggregation?
  public let numRegressors: Int
  private let sampleCount: Variable
  /// Σ w·y², Σ w·y, Σ w·(y − ŷ)² and Σ w of each output.
  private var sums: [Variable] = []

  public init(classAggregation: Aggregation? = .uniformAverage, numRegressors: Int = 0, name: String = "r2_score") {
    self.classAggregation = classAggregation
    self.numRegressors = numRegressors
    sampleCount = Metric.makeVariable("num_samples", .scalar, owner: name)
    super.init(name: name)
    track([sampleCount])
  }

  public convenience init(from reader: ConfigReader) throws {
    let hasNone = reader.config["class_aggregation"]?.isNull == true
    self.init(
      classAggregation: hasNone ? nil : try reader.choice("class_aggregation", default: .uniformAverage),
      numRegressors: try reader.count("num_regressors", default: 0, atLeast: 0),
      name: try reader.string("name", default: "r2_score"))
  }

  public override var config: Config {
    ["class_aggregation": JSONValue(classAggregation?.rawValue), "num_regressors": JSONValue(numRegressors)]
  }

  public override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    let (target, prediction) = withEqualRanks(yTrue.asType(.float32), yPred.asType(.float32))
    if sums.isEmpty {
      sums = ["squared_sum", "sum", "residual", "count"].map { addVariable($0, shape: [prediction.shape[-1]]) }
    }
    var weight = target.onesLike()
    if let given = sampleWeight?.asType(.float32) { weight = weight * (given.rank == 1 ? given.expandDims(1) : given) }
    let terms = [target.square() * weight, target * weight, (target - prediction).square() * weight, weight]
    for (variable, term) in zip(sums, terms) { step.assign(variable, step[variable] + term.sum(axis: [0])) }
    step.assign(sampleCount, step[sampleCount] + Double(target.shape.elementCount))
  }

  public override func result(_ step: StepContext) -> Tensor {
    guard sums.count == 4 else { return Tensor(0) }
    let (squares, sum, residual, count) = (step[sums[0]], step[sums[1]], step[sums[2]], step[sums[3]])
    let total = squares - sum * (sum / count)
    let raw = 1 - residual / total
    let scores = `where`(raw.isInfinite(), Tensor(0), raw)
    let score =
      switch classAggregation {
      case nil: scores
      case .uniformAverage: scores.mean()
      case .varianceWeightedAverage: (total * scores).sum() / total.sum()
      }
    guard numRegressors > 0 else { return score }
    let freedom = step[sampleCount] - Double(numRegressors) - 1
    let adjusted = 1 - (1 - score) * (step[sampleCount] - 1) / freedom.maximum(1)
    return `where`(freedom.greater(0), adjusted, score)
  }
}
