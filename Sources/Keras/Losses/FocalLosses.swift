import ModelFiles

/// (1 − p)^gamma times the binary crossentropy, p the probability given to the true class, so that samples that
/// are already right count little. Source: Lin et al. 2018.
public struct BinaryFocalCrossentropy: Loss, ConfigConstructible {
  public static let className = "BinaryFocalCrossentropy"
  public let applyClassBalancing: Bool
  public let alpha: PerClass
  public let gamma: PerClass
  public let fromLogits: Bool
  public let labelSmoothing: Double
  public let axis: Int
  public let reduction: LossReduction
  public let name: String

  public init(
    applyClassBalancing: Bool = false, alpha: PerClass = 0.25, gamma: PerClass = 2, fromLogits: Bool = false,
    labelSmoothing: Double = 0, axis: Int = -1, reduction: LossReduction = .sumOverBatchSize,
    name: String = "binary_focal_crossentropy"
  ) {
    self.applyClassBalancing = applyClassBalancing
    self.alpha = alpha
    self.gamma = gamma
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
    self.axis = axis
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      applyClassBalancing: try reader.bool("apply_class_balancing", default: false),
      alpha: try reader.perClass("alpha", default: 0.25),
      gamma: try reader.perClass("gamma", default: 2),
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.double("label_smoothing", default: 0),
      axis: try reader.int("axis", default: -1),
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "binary_focal_crossentropy"))
  }

  public var config: Config {
    [
      "apply_class_balancing": .bool(applyClassBalancing), "alpha": alpha.serializedArray, "gamma": gamma.serialized,
      "from_logits": .bool(fromLogits), "label_smoothing": .number(labelSmoothing), "axis": JSONValue(axis),
    ]
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    var target = yTrue.asType(yPred.dtype)
    if labelSmoothing > 0 { target = target * (1 - labelSmoothing) + 0.5 * labelSmoothing }
    let p = fromLogits ? yPred.sigmoid() : yPred
    let right = target * p + (1 - target) * (1 - p)
    var losses = (1 - right).power(gamma.tensor(p.dtype)) * p.binaryCrossentropy(target)
    if applyClassBalancing {
      let alpha = alpha.tensor(p.dtype)
      losses = losses * (target * alpha + (1 - target) * (1 - alpha))
    }
    return losses.mean(axis: [axis])
  }
}

/// −Σ alpha · (1 − p)^gamma · yTrue · log p over the classes. Source: Lin et al. 2018.
public struct CategoricalFocalCrossentropy: Loss, ConfigConstructible {
  public static let className = "CategoricalFocalCrossentropy"
  public let alpha: PerClass
  public let gamma: PerClass
  public let fromLogits: Bool
  public let labelSmoothing: Double
  public let axis: Int
  public let reduction: LossReduction
  public let name: String

  public init(
    alpha: PerClass = 0.25, gamma: PerClass = 2, fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1,
    reduction: LossReduction = .sumOverBatchSize, name: String = "categorical_focal_crossentropy"
  ) {
    self.alpha = alpha
    self.gamma = gamma
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
    self.axis = axis
    self.reduction = reduction
    self.name = name
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      alpha: try reader.perClass("alpha", default: 0.25),
      gamma: try reader.perClass("gamma", default: 2),
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.double("label_smoothing", default: 0),
      axis: try reader.int("axis", default: -1),
      reduction: try reader.reduction(),
      name: try reader.string("name", default: "categorical_focal_crossentropy"))
  }

  public var config: Config {
    [
      "alpha": alpha.serialized, "gamma": gamma.serialized, "from_logits": .bool(fromLogits),
      "label_smoothing": .number(labelSmoothing), "axis": JSONValue(axis),
    ]
  }

  public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    var target = yTrue.asType(yPred.dtype)
    if labelSmoothing > 0 {
      target = target * (1 - labelSmoothing) + labelSmoothing / Double(Swift.max(target.shape[-1], 1))
    }
    let scores = fromLogits ? yPred.softmax(axis: axis) : yPred
    let p = (scores / scores.sum(axis: [axis], keepDims: true)).clip(epsilon, 1 - epsilon)
    let factor = (1 - p).power(gamma.tensor(p.dtype)) * alpha.tensor(p.dtype)
    return -(factor * target * p.log()).sum(axis: [axis])
  }
}
