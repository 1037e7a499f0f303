import Graph
import ModelFiles

/// The mean of numbers, or of a loss over the samples.
public final class Mean: MeanMetric, ConfigConstructible, @unchecked Sendable {
  public override init(name: String = "mean") { super.init(name: name) }
  public convenience init(_ reader: ConfigReader) throws { self.init(name: try reader.string("name", default: "mean")) }
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

  public override var serialized: JSONValue {
    serialize(module: "keras.metrics", className: kerasClass, config: ["name": .string(name)])
  }

  public override func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    var target = yTrue
    if target.rank + 1 == yPred.rank, yPred.shape[-1] == 1 { target = target.expandDims(-1) }
    return loss.values(target, yPred)
  }
}

extension Metric {
  public static var meanSquaredError: Metric { MetricFromLoss(MeanSquaredError()) }
  public static var meanAbsoluteError: Metric { MetricFromLoss(MeanAbsoluteError()) }
}
