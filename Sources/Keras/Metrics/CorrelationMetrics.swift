import ModelFiles

/// Pearson's correlation coefficient of targets and predictions along an axis, its mean.
public final class PearsonCorrelation: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public let axis: Int

  public init(axis: Int = -1, name: String = "pearson_correlation") {
    self.axis = axis
    super.init(name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      axis: try reader.int("axis", default: -1), name: try reader.string("name", default: "pearson_correlation"))
  }

  public override var config: Config { ["axis": JSONValue(axis)] }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let (target, prediction) = withEqualRanks(yTrue.asType(yPred.dtype), yPred)
    func standardized(_ x: Tensor) -> Tensor {
      let centered = x - x.mean(axis: [axis], keepDims: true)
      return centered / centered.standardDeviation(axis: [axis], keepDims: true)
    }
    return (standardized(target) * standardized(prediction)).mean(axis: [axis])
  }
}

/// Lin's concordance correlation coefficient along an axis, its mean, in the form that Keras computes.
public final class ConcordanceCorrelation: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public let axis: Int

  public init(axis: Int = -1, name: String = "concordance_correlation") {
    self.axis = axis
    super.init(name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      axis: try reader.int("axis", default: -1), name: try reader.string("name", default: "concordance_correlation"))
  }

  public override var config: Config { ["axis": JSONValue(axis)] }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let (target, prediction) = withEqualRanks(yTrue.asType(yPred.dtype), yPred)
    let targetMean = target.mean(axis: [axis], keepDims: true)
    let predictionMean = prediction.mean(axis: [axis], keepDims: true)
    let spread =
      (target - targetMean).variance(axis: [axis], keepDims: true)
      + (prediction - predictionMean).variance(axis: [axis], keepDims: true)
    // Keras centres the target by the prediction's mean.
    let covariance = (target - predictionMean) * (prediction - predictionMean)
    let norm = spread + (targetMean - predictionMean).square()
    return (covariance * 2 / (norm + epsilon)).mean(axis: [axis])
  }
}
