import ModelFiles

/// The weighted sum of numbers.
public final class Sum: Metric, ConfigConstructible, @unchecked Sendable {
  private let total: Variable

  public override init(name: String = "sum") {
    total = Metric.makeVariable("total", .scalar, owner: name)
    super.init(name: name)
    track([total])
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(name: try reader.string("name", default: "sum"))
  }

  public override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    var values = yPred.asType(.float32)
    if let weight = sampleWeight?.asType(.float32) { values = values * weight.withTrailingAxes(of: values) }
    step.assign(total, step[total] + values.sum())
  }

  public override func result(_ step: StepContext) -> Tensor { step[total] }
}

/// How often prediction and target are the same number.
public final class Accuracy: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public override init(name: String = "accuracy") { super.init(name: name) }
  public convenience init(from reader: ConfigReader) throws {
    self.init(name: try reader.string("name", default: "accuracy"))
  }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let (target, prediction) = withEqualRanks(yTrue.asType(yPred.dtype), yPred)
    return target.equal(prediction).asType(.float32).mean(axis: [-1])
  }
}

/// √mean((yTrue − yPred)²) over all elements.
public final class RootMeanSquaredError: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public override init(name: String = "root_mean_squared_error") { super.init(name: name) }
  public convenience init(from reader: ConfigReader) throws {
    self.init(name: try reader.string("name", default: "root_mean_squared_error"))
  }

  /// Keras's class hands on errors, which carry no mask.
  override var heedsMask: Bool { false }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let (target, prediction) = withEqualRanks(yTrue.asType(yPred.dtype), yPred)
    return (prediction - target).square()
  }

  public override func result(_ step: StepContext) -> Tensor { super.result(step).sqrt() }
}

/// The cosine of the angle between target and prediction: the loss of that name without its sign.
public final class CosineSimilarityMetric: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public override class var className: String { "CosineSimilarity" }
  public let axis: Int

  public init(axis: Int = -1, name: String = "cosine_similarity") {
    self.axis = axis
    super.init(name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      axis: try reader.int("axis", default: -1), name: try reader.string("name", default: "cosine_similarity"))
  }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let (target, prediction) = withEqualRanks(yTrue, yPred)
    return -CosineSimilarity(axis: axis).values(target, prediction)
  }
}
