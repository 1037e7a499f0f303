import ModelFiles

/// How often the class of the one-hot target is among the k largest predictions.
public final class TopKCategoricalAccuracy: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public let k: Int

  public init(k: Int = 5, name: String = "top_k_categorical_accuracy") {
    self.k = k
    super.init(name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
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
  /// Whether predictions are class indices, best first, rather than a score for each class.
  public let fromSortedIDs: Bool

  public init(k: Int = 5, fromSortedIDs: Bool = false, name: String = "sparse_top_k_categorical_accuracy") {
    self.k = k
    self.fromSortedIDs = fromSortedIDs
    super.init(name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      k: try reader.int("k", default: 5), fromSortedIDs: try reader.bool("from_sorted_ids", default: false),
      name: try reader.string("name", default: "sparse_top_k_categorical_accuracy"))
  }

  public override var config: Config {
    fromSortedIDs ? ["k": JSONValue(k), "from_sorted_ids": true] : ["k": JSONValue(k)]
  }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let labels = yTrue.rank == yPred.rank && yTrue.shape[-1] == 1 ? yTrue.squeeze(-1) : yTrue
    guard fromSortedIDs else { return labels.inTopK(yPred, k: k).asType(.float32) }
    let best = yPred.slice(axis: -1, 0..<Swift.min(Swift.max(k, 0), yPred.shape[-1])).asType(.int32)
    return labels.asType(.int32).expandDims(-1).equal(best).any(axis: [-1]).asType(.float32)
  }
}
