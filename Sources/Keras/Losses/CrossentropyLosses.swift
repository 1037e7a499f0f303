import Graph
import ModelFiles

/// −log of the probability given to the true class; targets are class indices.
///
/// `yTrue` `[batch, …]` or `[batch, …, 1]` of integers in `0..<classes`, `yPred` `[batch, …, classes]`.
public struct SparseCategoricalCrossentropy: Loss, ConfigConstructible {
  public static let className = "SparseCategoricalCrossentropy"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool
  /// A target that does not count.
  public let ignoreClass: Int?
  public let axis: Int
  public let reduction: LossReduction
  public let name: String

  public init(
    fromLogits: Bool = false, ignoreClass: Int? = nil, axis: Int = -1,
    reduction: LossReduction = .sumOverBatchSize, name: String = "sparse_categorical_crossentropy"
  ) {
    self.fromLogits = fromLogits
    self.ignoreClass = ignoreClass
    self.axis = axis
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      fromLogits: try reader.bool("from_logits", default: false),
      ignoreClass: try reader.optionalInt("ignore_class"), axis: try reader.int("axis", default: -1),
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "sparse_categorical_crossentropy"))
  }

  public var config: Config {
    ["from_logits": .bool(fromLogits), "ignore_class": JSONValue(ignoreClass)]
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    var labels = yTrue
    if labels.rank == yPred.rank, labels.shape[-1] == 1 { labels = labels.squeeze(-1) }
    let losses = yPred.sparseCategoricalCrossentropy(labels, fromLogits: fromLogits, axis: axis)
    guard let ignoreClass else { return losses }
    let counts = labels.notEqual(Double(ignoreClass))
    return `where`(counts, losses, Tensor(0, dtype: losses.dtype)).masked(by: counts)
  }

  public func validate(_ yTrue: Tensor, outputShape: [Int?]) throws {
    let target = yTrue.partialShape
    let expected = outputShape.dropLast()
    func fits(_ shape: some Collection<Int?>) -> Bool {
      shape.count == expected.count && zip(shape, expected).dropFirst().allSatisfy(mayAgree)
    }
    guard fits(target) || (target.last == 1 && fits(target.dropLast())) else {
      throw KerasError(
        .incompatibleShape, "y (\(name))",
        "class indices for an output of shape \(describe(outputShape)) must have shape \(describe(Array(expected))), "
          + "found \(describe(target)); one-hot targets need categoricalCrossentropy")
    }
    guard let classes = outputShape.last.flatMap({ $0 }) else { return }
    let labels = try yTrue.buffer().doubles()
    for (index, label) in labels.enumerated() where label != ignoreClass.map(Double.init) {
      guard label == label.rounded(), label >= 0, label < Double(classes) else {
        throw KerasError(
          .invalidData, "y (\(name))",
          "labels must be whole numbers from 0 to \(classes - 1) for an output of shape \(describe(outputShape)), "
            + "found \(label) at position \(index)")
      }
    }
  }
}

/// −Σ yTrue · log yPred over the classes; targets are probabilities (one-hot, as a rule).
public struct CategoricalCrossentropy: Loss, ConfigConstructible {
  public static let className = "CategoricalCrossentropy"
  public let fromLogits: Bool
  /// How much of the target is spread over all classes, from 0 to 1.
  public let labelSmoothing: Double
  public let axis: Int
  public let reduction: LossReduction
  public let name: String

  public init(
    fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1,
    reduction: LossReduction = .sumOverBatchSize, name: String = "categorical_crossentropy"
  ) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
    self.axis = axis
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.double("label_smoothing", default: 0), axis: try reader.int("axis", default: -1),
      reduction: try reader.reduction(), name: try reader.string("name", default: "categorical_crossentropy"))
  }

  public var config: Config {
    ["from_logits": .bool(fromLogits), "label_smoothing": .number(labelSmoothing), "axis": JSONValue(axis)]
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    var target = yTrue.asType(yPred.dtype)
    if labelSmoothing > 0 {
      target = target * (1 - labelSmoothing) + labelSmoothing / Double(Swift.max(yTrue.shape[-1], 1))
    }
    return yPred.categoricalCrossentropy(target, fromLogits: fromLogits, axis: axis)
  }
}

/// −mean(yTrue · log yPred + (1 − yTrue) · log(1 − yPred)) over the last axis; targets are 0 or 1.
public struct BinaryCrossentropy: Loss, ConfigConstructible {
  public static let className = "BinaryCrossentropy"
  public let fromLogits: Bool
  public let labelSmoothing: Double
  public let axis: Int
  public let reduction: LossReduction
  public let name: String

  public init(
    fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1,
    reduction: LossReduction = .sumOverBatchSize, name: String = "binary_crossentropy"
  ) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
    self.axis = axis
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.double("label_smoothing", default: 0), axis: try reader.int("axis", default: -1),
      reduction: try reader.reduction(), name: try reader.string("name", default: "binary_crossentropy"))
  }

  public var config: Config {
    ["from_logits": .bool(fromLogits), "label_smoothing": .number(labelSmoothing), "axis": JSONValue(axis)]
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    var target = yTrue.asType(yPred.dtype)
    if labelSmoothing > 0 { target = target * (1 - labelSmoothing) + 0.5 * labelSmoothing }
    return yPred.binaryCrossentropy(target, fromLogits: fromLogits).mean(axis: [axis])
  }
}

extension Loss where Self == SparseCategoricalCrossentropy {
  public static var sparseCategoricalCrossentropy: SparseCategoricalCrossentropy { SparseCategoricalCrossentropy() }
}
extension Loss where Self == CategoricalCrossentropy {
  public static var categoricalCrossentropy: CategoricalCrossentropy { CategoricalCrossentropy() }
}
extension Loss where Self == BinaryCrossentropy {
  public static var binaryCrossentropy: BinaryCrossentropy { BinaryCrossentropy() }
}
