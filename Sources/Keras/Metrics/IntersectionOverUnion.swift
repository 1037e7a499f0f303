import Graph
import ModelFiles

/// Where the class indices of targets and predictions come from.
struct ClassIndices: Sendable {
  /// Whether targets and predictions are class indices already, rather than scores along `axis`.
  var sparseTargets = true
  var sparsePredictions = true
  var axis = -1
}

/// `tp / (tp + fp + fn)` of the classes in `targetClassIDs`, their mean. Classes that do not occur do not count.
///
/// Counts are integers: sample weights are cut to whole numbers. Source: `keras.metrics.IoU`.
public class IoU: Metric, ConfigConstructible, @unchecked Sendable {
  public let numClasses: Int
  public let targetClassIDs: [Int]
  /// Targets of this class do not count.
  public let ignoreClass: Int?
  let indices: ClassIndices
  private let matrix: Variable

  init(_ numClasses: Int, _ targetClassIDs: [Int], ignoreClass: Int?, indices: ClassIndices, name: String) {
    self.numClasses = numClasses
    self.targetClassIDs = targetClassIDs
    self.ignoreClass = ignoreClass
    self.indices = indices
    matrix = Metric.makeVariable(
      "total_confusion_matrix", [Swift.max(numClasses, 1), Swift.max(numClasses, 1)], .int32, owner: name)
    super.init(name: name)
    track([matrix])
  }

  public convenience init(
    numClasses: Int, targetClassIDs: [Int], ignoreClass: Int? = nil, sparseYTrue: Bool = true,
    sparseYPred: Bool = true, axis: Int = -1, name: String = "io_u"
  ) {
    self.init(
      numClasses, targetClassIDs, ignoreClass: ignoreClass,
      indices: ClassIndices(sparseTargets: sparseYTrue, sparsePredictions: sparseYPred, axis: axis), name: name)
  }

  /// Whether the mean is always of all classes.
  class var takesAllClasses: Bool { false }
  /// Whether targets are always one-hot, and predictions scores unless it is said otherwise.
  class var takesOneHot: Bool { false }

  public required convenience init(from reader: ConfigReader) throws {
    let count = try reader.classCount()
    self.init(
      count, try Self.takesAllClasses ? Array(0..<count) : reader.targetClasses(below: count),
      ignoreClass: try reader.optionalInt("ignore_class"),
      indices: ClassIndices(
        sparseTargets: try !Self.takesOneHot && reader.bool("sparse_y_true", default: true),
        sparsePredictions: try reader.bool("sparse_y_pred", default: !Self.takesOneHot),
        axis: try reader.int("axis", default: -1)),
      name: try reader.string("name", default: snakeCase(Self.className)))
  }

  public override var config: Config {
    var config: Config = [
      "num_classes": JSONValue(numClasses), "target_class_ids": JSONValue(targetClassIDs),
      "ignore_class": JSONValue(ignoreClass), "sparse_y_true": .bool(indices.sparseTargets),
      "sparse_y_pred": .bool(indices.sparsePredictions), "axis": JSONValue(indices.axis),
    ]
    if Self.takesAllClasses { config["target_class_ids"] = nil }
    if Self.takesOneHot { config["sparse_y_true"] = nil }
    return config
  }

  public override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    let target = (indices.sparseTargets ? yTrue : yTrue.argmax(axis: indices.axis)).asType(.int32).ravel()
    let prediction = (indices.sparsePredictions ? yPred : yPred.argmax(axis: indices.axis)).asType(.int32).ravel()
    func isClass(_ labels: Tensor) -> Tensor {
      labels.greaterEqual(0).logicalAnd(labels.less(Double(numClasses)))
    }
    var counts = isClass(target).logicalAnd(isClass(prediction))
    if let ignoreClass { counts = counts.logicalAnd(target.notEqual(Double(ignoreClass))) }
    let weight = (sampleWeight?.asType(.int32) ?? Tensor(1, dtype: .int32)).ravel() * counts.asType(.int32)
    // One-hot rows of labels that are no class are empty.
    let hits = target.oneHot(numClasses, dtype: .int32) * weight.expandDims(-1)
    let batch = hits.transpose().matmul(prediction.oneHot(numClasses, dtype: .int32))
    step.assign(matrix, step[matrix] + batch)
  }

  public override func result(_ step: StepContext) -> Tensor {
    let counts = step[matrix]
    let hits = counts.diagonal()
    let union = counts.sum(axis: [0]) + counts.sum(axis: [1]) - hits
    let wanted = Tensor(targetClassIDs.map { Int32(clamping: $0) })
    let (intersection, total) = (hits.take(wanted).asType(.float32), union.take(wanted).asType(.float32))
    let occurs = total.greater(1e-9).asType(.float32)
    return (intersection / (total + epsilon) * occurs).sum() / (occurs.sum() + epsilon)
  }
}

/// The mean intersection over union of all classes.
public final class MeanIoU: IoU, @unchecked Sendable {
  override class var takesAllClasses: Bool { true }

  public convenience init(
    numClasses: Int, ignoreClass: Int? = nil, sparseYTrue: Bool = true, sparseYPred: Bool = true, axis: Int = -1,
    name: String = "mean_io_u"
  ) {
    self.init(
      numClasses, Array(0..<Swift.max(numClasses, 1)), ignoreClass: ignoreClass,
      indices: ClassIndices(sparseTargets: sparseYTrue, sparsePredictions: sparseYPred, axis: axis), name: name)
  }
}

/// The intersection over union of predictions above and not above a threshold, classes 1 and 0.
public final class BinaryIoU: IoU, @unchecked Sendable {
  private var threshold = 0.5

  public convenience init(targetClassIDs: [Int] = [0, 1], threshold: Double = 0.5, name: String = "binary_io_u") {
    self.init(2, targetClassIDs, ignoreClass: nil, indices: ClassIndices(), name: name)
    self.threshold = threshold
  }

  public required convenience init(from reader: ConfigReader) throws {
    self.init(
      targetClassIDs: try reader.value("target_class_ids") == nil ? [0, 1] : reader.targetClasses(below: 2),
      threshold: try reader.double("threshold", default: 0.5),
      name: try reader.string("name", default: "binary_io_u"))
  }

  public override var config: Config {
    ["target_class_ids": JSONValue(targetClassIDs), "threshold": .number(threshold)]
  }

  public override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    super.update(yTrue, yPred.asType(.float32).greaterEqual(threshold), sampleWeight: sampleWeight, step)
  }
}

/// `IoU` of one-hot targets and, unless `sparseYPred`, predictions of scores.
public final class OneHotIoU: IoU, @unchecked Sendable {
  override class var takesOneHot: Bool { true }

  public convenience init(
    numClasses: Int, targetClassIDs: [Int], ignoreClass: Int? = nil, sparseYPred: Bool = false, axis: Int = -1,
    name: String = "one_hot_io_u"
  ) {
    self.init(
      numClasses, targetClassIDs, ignoreClass: ignoreClass,
      indices: ClassIndices(sparseTargets: false, sparsePredictions: sparseYPred, axis: axis), name: name)
  }
}

/// `MeanIoU` of one-hot targets and, unless `sparseYPred`, predictions of scores.
public final class OneHotMeanIoU: IoU, @unchecked Sendable {
  override class var takesAllClasses: Bool { true }
  override class var takesOneHot: Bool { true }

  public convenience init(
    numClasses: Int, ignoreClass: Int? = nil, sparseYPred: Bool = false, axis: Int = -1,
    name: String = "one_hot_mean_io_u"
  ) {
    self.init(
      numClasses, Array(0..<Swift.max(numClasses, 1)), ignoreClass: ignoreClass,
      indices: ClassIndices(sparseTargets: false, sparsePredictions: sparseYPred, axis: axis), name: name)
  }
}

extension ConfigReader {
  /// The matrix of outcomes has the square of this many elements.
  fileprivate func classCount() throws -> Int {
    let count = try count("num_classes")
    guard count <= 1 << 14 else { throw error("num_classes", "must be at most \(1 << 14), found \(count)") }
    return count
  }

  fileprivate func targetClasses(below count: Int) throws -> [Int] {
    guard let classes = try optionalInts("target_class_ids"), !classes.isEmpty else {
      throw error("target_class_ids", "is missing")
    }
    guard classes.allSatisfy({ (0..<count).contains($0) }) else {
      throw error("target_class_ids", "must be from 0 to \(count - 1), found \(classes)")
    }
    return classes
  }
}
