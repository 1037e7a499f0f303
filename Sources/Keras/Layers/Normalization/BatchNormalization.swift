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
  public let synchronized: Bool
  /// How batch statistics are drawn toward the moving ones; `nil` for plain batch normalization.
  let renormalization: BatchRenormalization?
  private let options: ScaleOffsetOptions
  private let movingMeanInitializer: any Initializer
  private let movingVarianceInitializer: any Initializer
  public private(set) var gamma: Variable?
  public private(set) var beta: Variable?
  public private(set) var movingMean: Variable?
  public private(set) var movingVariance: Variable?
  private(set) var renormalizationState: BatchRenormalization.State?

  /// - Parameters:
  ///   - axis: the channels' axis.
  ///   - center: whether to add `beta`.
  ///   - scale: whether to multiply by `gamma`.
  ///   - renorm: whether to correct batch statistics toward the moving ones (Ioffe 2017).
  ///   - renormClipping: limits of the correction: `rmin`, `rmax` and `dmax`, each optional.
  ///   - renormMomentum: of the moving statistics that the correction compares with.
  ///   - synchronized: whether the processes of a distributed training share their statistics.
  public convenience init(
    axis: Int = -1, momentum: Double = 0.99, epsilon: Double = 0.001, center: Bool = true, scale: Bool = true,
    betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
    movingMeanInitializer: any Initializer = .zeros, movingVarianceInitializer: any Initializer = .ones,
    betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
    betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil,
    renorm: Bool = false, renormClipping: [String: Double]? = nil, renormMomentum: Double = 0.99,
    synchronized: Bool = false, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    let clipping = renormClipping ?? [:]
    self.init(
      axis: axis, momentum: momentum, epsilon: epsilon,
      ScaleOffsetOptions(
        center: center, scale: scale, betaInitializer: betaInitializer, gammaInitializer: gammaInitializer,
        betaRegularizer: betaRegularizer, gammaRegularizer: gammaRegularizer, betaConstraint: betaConstraint,
        gammaConstraint: gammaConstraint),
      movingMeanInitializer: movingMeanInitializer, movingVarianceInitializer: movingVarianceInitializer,
      renormalization: renorm
        ? BatchRenormalization(
          minimumFactor: clipping["rmin"], maximumFactor: clipping["rmax"], maximumOffset: clipping["dmax"],
          momentum: renormMomentum) : nil,
      synchronized: synchronized, name: name, dtype: dtype)
    if let key = clipping.keys.first(where: { !BatchRenormalization.limits.contains($0) }) {
      reject("renorm_clipping", "may hold rmin, rmax and dmax, found \(key)")
    }
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ axis: Int, momentum: Double = 0.99, epsilon: Double = 0.001, center: Bool = true, scale: Bool = true,
    betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
    movingMeanInitializer: any Initializer = .zeros, movingVarianceInitializer: any Initializer = .ones,
    betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
    betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil, renorm: Bool = false,
    renormClipping: [String: Double]? = nil, renormMomentum: Double = 0.99, synchronized: Bool = false,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(
      axis: axis, momentum: momentum, epsilon: epsilon, center: center, scale: scale, betaInitializer: betaInitializer,
      gammaInitializer: gammaInitializer, movingMeanInitializer: movingMeanInitializer,
      movingVarianceInitializer: movingVarianceInitializer, betaRegularizer: betaRegularizer,
      gammaRegularizer: gammaRegularizer, betaConstraint: betaConstraint, gammaConstraint: gammaConstraint,
      renorm: renorm, renormClipping: renormClipping, renormMomentum: renormMomentum, synchronized: synchronized,
      name: name, dtype: dtype)
  }

  private init(
    axis: Int, momentum: Double, epsilon: Double, _ options: ScaleOffsetOptions,
    movingMeanInitializer: any Initializer, movingVarianceInitializer: any Initializer,
    renormalization: BatchRenormalization?, synchronized: Bool, name: String?, dtype: DTypePolicy
  ) {
    self.axis = axis
    self.synchronized = synchronized
    self.momentum = momentum
    self.epsilon = epsilon
    self.options = options
    self.movingMeanInitializer = movingMeanInitializer
    self.movingVarianceInitializer = movingVarianceInitializer
    self.renormalization = renormalization
    super.init(name: name, dtype: dtype)
    if !(0...1).contains(momentum) { reject("momentum", "must be between 0 and 1, found \(momentum)") }
    if !(epsilon >= 0) { reject("epsilon", "must not be negative, found \(epsilon)") }
    if let problem = renormalization?.problem { reject("renorm_clipping", problem) }
  }

  public convenience init(from reader: ConfigReader) throws {
    // Keras 2 writes the axis as a list of one.
    self.init(
      axis: try reader.optionalInts("axis")?.first ?? -1, momentum: try reader.double("momentum", default: 0.99),
      epsilon: try reader.double("epsilon", default: 0.001), try ScaleOffsetOptions(reader),
      movingMeanInitializer: try reader.initializer("moving_mean_initializer", default: .zeros),
      movingVarianceInitializer: try reader.initializer("moving_variance_initializer", default: .ones),
      renormalization: try BatchRenormalization(reader), synchronized: try reader.bool("synchronized", default: false),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .normalization, "gamma · (x − mean) / √(variance + epsilon) + beta, over the batch for each channel",
      example: "BatchNormalization()",
      arguments: [:], inputs: [[nil, 28, 28, 3]])
  }

  public override var config: Config {
    let own: Config = [
      "axis": JSONValue(axis), "momentum": .number(momentum), "epsilon": .number(epsilon),
      "moving_mean_initializer": movingMeanInitializer.serialized,
      "moving_variance_initializer": movingVarianceInitializer.serialized, "synchronized": .bool(synchronized),
    ]
    return own.merging(options.config).merging(BatchRenormalization.config(renormalization))
  }

  public override var supportsMasking: Bool { true }
  public override var argumentNames: [String] { ["training", "mask"] }

  public override func build(_ inputShape: [Int?]) throws {
    let index = axis < 0 ? axis + inputShape.count : axis
    guard inputShape.indices.contains(index), let channels = inputShape[index] else {
      throw KerasError(
        .incompatibleShape, name, "axis \(axis) of the input must exist and be known, found \(describe(inputShape))")
    }
    inputSpec = InputSpec(rank: inputShape.count, axes: [index: channels])
    if options.scale { gamma = try options.addGamma([channels], to: self) }
    if options.center { beta = try options.addBeta([channels], to: self) }
    movingMean = try addWeight(
      "moving_mean", shape: [channels], initializer: movingMeanInitializer, trainable: false, autocast: false)
    movingVariance = try addWeight(
      "moving_variance", shape: [channels], initializer: movingVarianceInitializer, trainable: false, autocast: false)
    if renormalization != nil, let movingVariance {
      renormalizationState = try BatchRenormalization.State(
        channels: channels, movingVariance: movingVariance, meanInitializer: movingMeanInitializer, layer: self)
    }
  }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard let input = inputs.first, let movingMean, let movingVariance else { return inputs }
    let index = axis < 0 ? axis + input.rank : axis
    var order = Array(0..<input.rank)
    order.append(order.remove(at: index))
    let x = input.transpose(order).asType(input.dtype.promoted(with: .float32))
    let gamma = gamma.map { context[$0].asType(x.dtype) }
    let beta = beta.map { context[$0].asType(x.dtype) }
    var output: Tensor
    if context.training && trainable {
      let batch: BatchStatistics
      if let mask = context.masks.first ?? nil {
        guard mask.rank == input.rank - 1 else {
          return [
            Tensor(
              failure: KerasError(
                .incompatibleShape, name,
                "the mask must have one axis less than the input, found shapes \(mask.shape) and \(input.shape)"))
          ]
        }
        let counts = mask.asType(.bool).expandDims(-1).broadcast(to: input.shape.dimensions).transpose(order)
        batch = BatchStatistics(of: x, where: counts)
      } else {
        batch = BatchStatistics(
          of: x, gamma: renormalization == nil ? gamma : nil, beta: renormalization == nil ? beta : nil,
          epsilon: epsilon)
      }
      if let renormalization, let state = renormalizationState {
        output = renormalization.output(x, batch, state, gamma: gamma, beta: beta, epsilon: epsilon, context)
        let deviation = renormalization.update(state, batch, momentum: momentum, epsilon: epsilon, context)
        context.assign(movingVariance, (deviation.square() - epsilon).relu())
      } else {
        output =
          batch.output
          ?? x.normalized(mean: batch.mean, variance: batch.variance, gamma: gamma, beta: beta, epsilon: epsilon)
        context.updateAverage(movingVariance, batch.variance, momentum: momentum)
      }
      context.updateAverage(movingMean, batch.mean, momentum: momentum)
    } else {
      output = x.normalized(
        mean: context[movingMean], variance: context[movingVariance], gamma: gamma, beta: beta, epsilon: epsilon)
    }
    var back = Array((0..<input.rank).dropLast())
    back.insert(input.rank - 1, at: index)
    return [output.asType(dtypePolicy.computeDType).transpose(back)]
  }
}
