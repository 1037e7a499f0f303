import Graph
import ModelFiles

/// How the scores of the classes become one number.
public enum ScoreAverage: String, Sendable, CaseIterable {
  /// All classes' outcomes counted together.
  case micro
  /// The mean over the classes.
  case macro
  /// The mean weighted by how often each class is true.
  case weighted
}

/// `(1 + β²) · precision · recall / (β² · precision + recall)` of one-hot targets, for each class or averaged.
///
/// The largest prediction of a sample is the positive one, or every one above `threshold`.
/// Source: `keras.metrics.FBetaScore`.
public class FBetaScore: Metric, ConfigConstructible, @unchecked Sendable {
  public let average: ScoreAverage?
  public let beta: Double
  public let threshold: Double?
  private var counts: [Variable] = []

  public init(average: ScoreAverage? = nil, beta: Double = 1, threshold: Double? = nil, name: String = "fbeta_score") {
    self.average = average
    self.beta = beta
    self.threshold = threshold
    super.init(name: name)
  }

  public required convenience init(from reader: ConfigReader) throws {
    let beta = try reader.double("beta", default: 1)
    guard beta > 0 else { throw reader.error("beta", "must be positive, found \(beta)") }
    self.init(
      average: try reader.scoreAverage(), beta: beta, threshold: try reader.scoreThreshold(),
      name: try reader.string("name", default: "fbeta_score"))
  }

  public override var config: Config {
    ["average": JSONValue(average?.rawValue), "beta": .number(beta), "threshold": JSONValue(threshold)]
  }

  public override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    if counts.isEmpty {
      let shape: Shape = average == .micro ? .scalar : [yPred.shape[-1]]
      counts = ["true_positives", "false_positives", "false_negatives", "intermediate_weights"]
        .map { addVariable($0, shape: shape) }
    }
    let target = yTrue.asType(.float32)
    let scores = yPred.asType(.float32)
    let isPredicted =
      threshold.map { scores.greater($0) }
      ?? scores.greaterEqual(scores.max(axis: [-1], keepDims: true)).logicalAnd(scores.absolute().greater(1e-9))
    let predicted = isPredicted.asType(.float32)
    let weight = sampleWeight.map { $0.asType(.float32).expandDims(1) }
    let outcomes = [predicted * target, predicted * (1 - target), (1 - predicted) * target, target]
    for (variable, outcome) in zip(counts, outcomes) {
      let weighted = weight.map { outcome * $0 } ?? outcome
      step.assign(variable, step[variable] + weighted.sum(axis: average == .micro ? nil : [0]))
    }
  }

  public override func result(_ step: StepContext) -> Tensor {
    guard counts.count == 4 else { return Tensor(0) }
    let (hits, falseAlarms, misses) = (step[counts[0]], step[counts[1]], step[counts[2]])
    let precision = hits / (hits + falseAlarms + epsilon)
    let recall = hits / (hits + misses + epsilon)
    let ratio = precision * recall / (precision * (beta * beta) + recall + epsilon)
    let score = ratio * (1 + beta * beta)
    switch average {
    case nil: return score
    case .micro, .macro: return score.mean()
    case .weighted:
      let frequency = step[counts[3]]
      return (score * (frequency / (frequency.sum() + epsilon))).sum()
    }
  }
}

/// `FBetaScore` with β = 1: the harmonic mean of precision and recall.
public final class F1Score: FBetaScore, @unchecked Sendable {
  public init(average: ScoreAverage? = nil, threshold: Double? = nil, name: String = "f1_score") {
    super.init(average: average, threshold: threshold, name: name)
  }

  public required convenience init(from reader: ConfigReader) throws {
    self.init(
      average: try reader.scoreAverage(), threshold: try reader.scoreThreshold(),
      name: try reader.string("name", default: "f1_score"))
  }

  public override var config: Config { ["average": JSONValue(average?.rawValue), "threshold": JSONValue(threshold)] }
}

extension ConfigReader {
  fileprivate func scoreAverage() throws -> ScoreAverage? {
    value("average") == nil ? nil : try choice("average", default: .macro)
  }

  fileprivate func scoreThreshold() throws -> Double? {
    guard let threshold = try optionalDouble("threshold") else { return nil }
    guard threshold > 0, threshold <= 1 else {
      throw error("threshold", "must be above 0 and at most 1, found \(threshold)")
    }
    return threshold
  }
}
