import Graph
import ModelFiles

/// Normalises each channel to mean 0 and variance 1: `gamma · (x − mean) / √(variance + epsilon) + beta`.
///
/// In training mean and variance are the batch's, and moving averages of them are kept:
/// `moving = moving · momentum + batch · (1 − momentum)`; in inference the moving averages are used. A frozen layer
/// (`trainable = false`) always uses the moving averages. A mask excludes time steps from the statistics.
/// Source: Ioffe and Szegedy 2015, `keras.layers.BatchNormalization`.
public final class BatchNormalization: Layer, ConfigConstructible, @unchecked Sendable {
  public let axis: Int
  public let momentum: Double
  public let epsilon: Double
  public let center: Bool
  public let scale: Bool
  private let betaInitializer: any Initializer
  private let gammaInitializer: any Initializer
  private let movingMeanInitializer: any Initializer
  private let movingVarianceInitializer: any Initializer
  private let betaRegularizer: (any Regularizer)?
  private let gammaRegularizer: (any Regularizer)?
  private let betaConstraint: (any Constraint)?
  private let gammaConstraint: (any Constraint)?
  public private(set) var gamma: Variable?
  public private(set) var beta: Variable?
  public private(set) var movingMean: Variable?
  public private(set) var movingVariance: Variable?

  /// - Parameters:
  ///   - axis: the channels' axis.
  ///   - center: whether to add `beta`.
  ///   - scale: whether to multiply by `gamma`.
  public init(
    axis: Int = -1, momentum: Double = 0.99, epsilon: Double = 0.001, center: Bool = true, scale: Bool = true,
    betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
    movingMeanInitializer: any Initializer = .zeros, movingVarianceInitializer: any Initializer = .ones,
    betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
    betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.axis = axis
    self.momentum = momentum
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    self.betaInitializer = betaInitializer
    self.gammaInitializer = gammaInitializer
    self.movingMeanInitializer = movingMeanInitializer
    self.movingVarianceInitializer = movingVarianceInitializer
    self.betaRegularizer = betaRegularizer
    self.gammaRegularizer = gammaRegularizer
    self.betaConstraint = betaConstraint
    self.gammaConstraint = gammaConstraint
    super.init(name: name, dtype: dtype)
    if !(0...1).contains(momentum) { reject("momentum", "must be between 0 and 1, found \(momentum)") }
    if !(epsilon >= 0) { reject("epsilon", "must not be negative, found \(epsilon)") }
  }

  public convenience init(_ reader: ConfigReader) throws {
    // Keras 2 writes the axis as a list of one.
    self.init(
      axis: try reader.optionalInts("axis")?.first ?? -1, momentum: try reader.double("momentum", default: 0.99),
      epsilon: try reader.double("epsilon", default: 0.001), center: try reader.bool("center", default: true),
      scale: try reader.bool("scale", default: true),
      betaInitializer: try reader.initializer("beta_initializer", default: .zeros),
      gammaInitializer: try reader.initializer("gamma_initializer", default: .ones),
      movingMeanInitializer: try reader.initializer("moving_mean_initializer", default: .zeros),
      movingVarianceInitializer: try reader.initializer("moving_variance_initializer", default: .ones),
      betaRegularizer: try reader.regularizer("beta_regularizer"),
      gammaRegularizer: try reader.regularizer("gamma_regularizer"),
      betaConstraint: try reader.constraint("beta_constraint"),
      gammaConstraint: try reader.constraint("gamma_constraint"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override var config: Config {
    [
      "axis": JSONValue(axis), "momentum": .number(momentum), "epsilon": .number(epsilon), "center": .bool(center),
      "scale": .bool(scale), "beta_initializer": betaInitializer.serialized,
      "gamma_initializer": gammaInitializer.serialized, "moving_mean_initializer": movingMeanInitializer.serialized,
      "moving_variance_initializer": movingVarianceInitializer.serialized,
      "beta_regularizer": betaRegularizer?.serialized ?? nil,
      "gamma_regularizer": gammaRegularizer?.serialized ?? nil,
      "beta_constraint": betaConstraint?.serialized ?? nil, "gamma_constraint": gammaConstraint?.serialized ?? nil,
      "synchronized": false, "renorm": false, "renorm_clipping": nil, "renorm_momentum": 0.99,
    ]
  }

  public override var supportsMasking: Bool { true }

  public override func build(_ inputShape: [Int?]) throws {
    let index = axis < 0 ? axis + inputShape.count : axis
    guard inputShape.indices.contains(index), let channels = inputShape[index] else {
      throw KerasError(
        .incompatibleShape, name, "axis \(axis) of the input must exist and be known, found \(describe(inputShape))")
    }
    inputSpec = InputSpec(rank: inputShape.count, axes: [index: channels])
    if scale {
      gamma = try addWeight(
        "gamma", shape: [channels], initializer: gammaInitializer, autocast: false, regularizer: gammaRegularizer,
        constraint: gammaConstraint)
    }
    if center {
      beta = try addWeight(
        "beta", shape: [channels], initializer: betaInitializer, autocast: false, regularizer: betaRegularizer,
        constraint: betaConstraint)
    }
    movingMean = try addWeight(
      "moving_mean", shape: [channels], initializer: movingMeanInitializer, trainable: false, autocast: false)
    movingVariance = try addWeight(
      "moving_variance", shape: [channels], initializer: movingVarianceInitializer, trainable: false, autocast: false)
  }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard let input = inputs.first, let movingMean, let movingVariance else { return inputs }
    let index = axis < 0 ? axis + input.rank : axis
    var order = Array(0..<input.rank)
    order.append(order.remove(at: index))
    let x = input.transpose(order)
    var output: Tensor
    if context.training && trainable {
      let statistics = self.statistics(of: x, context.masks.first ?? nil, context)
      output = statistics.output
      context.assign(
        movingMean, context[movingMean] * momentum + statistics.mean.asType(movingMean.dtype) * (1 - momentum))
      context.assign(
        movingVariance,
        context[movingVariance] * momentum + statistics.variance.asType(movingVariance.dtype) * (1 - momentum))
    } else {
      output = normalized(x, mean: context[movingMean], variance: context[movingVariance], context)
    }
    var back = Array(0..<(input.rank - 1))
    back.insert(input.rank - 1, at: index)
    return [output.asType(input.dtype).transpose(back)]
  }

  /// The output with the batch's statistics, and these.
  private func statistics(of x: Tensor, _ mask: Tensor?, _ context: CallContext) -> (
    output: Tensor, mean: Tensor, variance: Tensor
  ) {
    let axes = Array(0..<(x.rank - 1))
    if let mask {
      let weights = mask.asType(.float32).reshape(
        mask.shape.dimensions + [Int](repeating: 1, count: Swift.max(x.rank - mask.rank, 0)))
      let full = weights.broadcast(to: x.shape.dimensions.dropLast() + [1])
      let count = full.sum(axis: axes)
      let mean = (x * full).sum(axis: axes) / (count + 1e-7)
      let variance = ((x - mean).square() * full).sum(axis: axes) / (count + 1e-7)
      return (normalized(x, mean: mean, variance: variance, context), mean, variance)
    }
    let channels = x.shape[-1]
    let results = Operation(
      className: "BatchNormalization",
      arguments: [
        .tensor(x.asType(.float32)), .tensor(gamma.map { context[$0] } ?? .ones([channels])),
        .tensor(beta.map { context[$0] } ?? .zeros([channels])),
      ]
    ).apply { [epsilon] operands in
      let (y, mean, variance) = operands[0].batchNormalization(
        scale: operands[1], offset: operands[2], epsilon: epsilon)
      return [y, mean.stopGradient(), variance.stopGradient()]
    }
    guard results.count == 3 else { return (results[0], results[0], results[0]) }
    return (results[0], results[1], results[2])
  }

  private func normalized(_ x: Tensor, mean: Tensor, variance: Tensor, _ context: CallContext) -> Tensor {
    var factor = (variance + epsilon).rsqrt()
    if let gamma { factor = factor * context[gamma] }
    let output = (x.asType(.float32) - mean) * factor
    return beta.map { output + context[$0] } ?? output
  }
}
