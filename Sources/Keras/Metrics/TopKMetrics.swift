import ModelFiles

/// How often the class of the one-hot target is among the k largest predictions.
public final class TopKCategoricalAccuracy: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public let k: Int

  public init(k: Int = 5, name: String = "top_k_categorical_accuracy") {
    self.k = k
    super.init(name: name)
  }

  public convenience init(_ reader: ConfigReader) throws {
    self.init(
      k: try reader.int("k", default: 5), name: try reader.string("name", default: "top_k_categorical_accuracy"))
  }

  public override var config: Config { ["k": JSONValue(k)] }
  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    yTrue.argmax(axis: -1).inTopK(yPred, k: k).asType(.float32)
  }
}

/// How often the class that the target names is among the k largest predictions.
public final class SparseTopKCategoricalAccuracy: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public let k: Int

  public init(k: Int = 5, name: String = "sparse_top_k_categorical_accuracy") {
    self.k = k
    super.init(name: name)
  }

  public convenience init(_ reader: ConfigReader) throws {
    if try reader.bool("from_sorted_ids", default: false) {
      throw reader.error("from_sorted_ids", "is not supported; give predictions of all classes")
    }
    self.init(
      k: try reader.int("k", default: 5), name: try reader.string("name", default: "sparse_top_k_categorical_accuracy"))
  }

  public override var config: Config { ["k": JSONValue(k)] }
  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let labels = yTrue.rank == yPred.rank && yTrue.shape[-1] == 1 ? yTrue.squeeze(-1) : yTrue
    return labels.inTopK(yPred, k: k).asType(.float32)
  }
}
