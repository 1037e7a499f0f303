import Graph
import ModelFiles

/// The mean of numbers, or of a loss over the samples.
public class Mean: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public override init(name: String = "mean") { super.init(name: name) }
  public required convenience init(from reader: ConfigReader) throws {
    self.init(name: try reader.string("name", default: "mean"))
  }
}

/// The mean of what a model is trained to lessen.
final class LossMean: Mean, @unchecked Sendable {
  override var isLargerBetter: Bool? { false }
}

/// The mean of a loss's values, as a metric: `MetricFromLoss(MeanSquaredError())`.
public final class MetricFromLoss: MeanMetric, @unchecked Sendable {
  private let loss: any Loss
  private let kerasClass: String

  public init(_ loss: any Loss, name: String? = nil) {
    self.loss = loss
    kerasClass = type(of: loss).className
    super.init(name: name ?? loss.name)
  }

  /// The losses with a metric class of their own, and that class's arguments.
  private static let classes: [String: [String]] = [
    "MeanSquaredError": [], "MeanAbsoluteError": [], "MeanAbsolutePercentageError": [],
    "MeanSquaredLogarithmicError": [], "LogCosh": [], "Hinge": [], "SquaredHinge": [], "CategoricalHinge": [],
    "KLDivergence": [], "Poisson": [], "BinaryCrossentropy": ["from_logits", "label_smoothing"],
    "CategoricalCrossentropy": ["from_logits", "label_smoothing", "axis"],
    "SparseCategoricalCrossentropy": ["from_logits", "ignore_class", "axis"],
  ]

  public override var serialized: JSONValue {
    var config: Config = ["name": .string(name)]
    guard let arguments = Self.classes[kerasClass] else {
      let function: JSONValue = .string(snakeCase(kerasClass))
      config["fn"] = [
        "module": "builtins", "class_name": "function", "config": function, "registered_name": "function",
      ]
      return serialize(module: "keras.metrics", className: "MeanMetricWrapper", config: config.merging(loss.config))
    }
    for argument in arguments { config[argument] = loss.config[argument] }
    return serialize(
      module: "keras.metrics", className: kerasClass == "LogCosh" ? "LogCoshError" : kerasClass, config: config)
  }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    // Labels have an axis less on purpose, also where there is one class only.
    if loss is SparseCategoricalCrossentropy { return loss.values(yTrue, yPred) }
    let (target, prediction) = withEqualRanks(yTrue, yPred)
    return loss.values(target, prediction)
  }
}

extension Metric {
  public static var meanSquaredError: Metric { MetricFromLoss(MeanSquaredError()) }
  public static var meanAbsoluteError: Metric { MetricFromLoss(MeanAbsoluteError()) }
}
