import ModelFiles

/// How often a prediction is right: `"accuracy"` in Keras. Becomes the binary, categorical or sparse categorical
/// accuracy that fits the model's output and targets.
public final class AccuracyByName: Metric, @unchecked Sendable {
  public override init(name: String = "accuracy") { super.init(name: name) }

  public override var serialized: JSONValue { .string(name) }

  override func resolved(loss: (any Loss)?, outputShape: [Int?], targetShape: [Int?]) throws -> Metric {
    if outputShape.last == 1 { return BinaryAccuracy(name: name) }
    let isSparse =
      targetShape.count < outputShape.count || (targetShape.last == 1 && outputShape.last != 1)
      || loss is SparseCategoricalCrossentropy
    return isSparse ? SparseCategoricalAccuracy(name: name) : CategoricalAccuracy(name: name)
  }
}

/// How often `yPred` over or under `threshold` agrees with `yTrue` 1 or 0.
public final class BinaryAccuracy: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public let threshold: Double

  public init(threshold: Double = 0.5, name: String = "binary_accuracy") {
    self.threshold = threshold
    super.init(name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      threshold: try reader.double("threshold", default: 0.5),
      name: try reader.string("name", default: "binary_accuracy"))
  }

  public override var config: Config { ["threshold": .number(threshold)] }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let (target, prediction) = withEqualRanks(yTrue.asType(yPred.dtype), yPred)
    return prediction.greater(threshold).asType(yPred.dtype).equal(target).asType(.float32).mean(axis: [-1])
  }
}

/// How often the largest prediction is the class of the one-hot target.
public final class CategoricalAccuracy: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public override init(name: String = "categorical_accuracy") { super.init(name: name) }

  public convenience init(from reader: ConfigReader) throws {
    self.init(name: try reader.string("name", default: "categorical_accuracy"))
  }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    yTrue.argmax(axis: -1).equal(yPred.argmax(axis: -1)).asType(.float32)
  }
}

/// How often the largest prediction is the class that the target names.
public final class SparseCategoricalAccuracy: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public override init(name: String = "sparse_categorical_accuracy") { super.init(name: name) }

  public convenience init(from reader: ConfigReader) throws {
    self.init(name: try reader.string("name", default: "sparse_categorical_accuracy"))
  }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    var labels = yTrue
    if labels.rank == yPred.rank, labels.shape[-1] == 1 { labels = labels.squeeze(-1) }
    return labels.asType(.int32).equal(yPred.argmax(axis: -1)).asType(.float32)
  }
}

extension Metric {
  public static var accuracy: Metric { AccuracyByName() }
}
