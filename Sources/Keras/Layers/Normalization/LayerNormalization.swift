import Graph
import ModelFiles

/// Normalises each sample to mean 0 and variance 1 over some axes: `gamma · (x − mean) / √(variance + epsilon) + beta`.
///
/// Output shape is the input's; `gamma` and `beta` have the extents of the normalised axes.
/// Source: Ba et al. 2016, `keras.layers.LayerNormalization`.
///
/// ```swift
/// LayerNormalization(epsilon: 1e-6)
/// LayerNormalization(axis: [1, 2, 3])   // of whole images
/// ```
public final class LayerNormalization: Layer, ConfigConstructible, @unchecked Sendable {
  public let axis: Axes
  public let epsilon: Double
  /// Divides by the deviation without subtracting the mean, as files of older versions may ask for.
  let rmsScaling: Bool
  private let options: ScaleOffsetOptions
  private var axes: [Int] = []
  /// The input's extents at several axes.
  private var inputExtents: [Int]?
  public private(set) var gamma: Variable?
  public private(set) var beta: Variable?

  /// - Parameters:
  ///   - axis: the axes over which the mean is taken.
  ///   - center: whether to add `beta`.
  ///   - scale: whether to multiply by `gamma`.
  public convenience init(
    axis: Axes = -1, epsilon: Double = 0.001,
    center: Bool = true, scale: Bool = true, betaInitializer: any Initializer = .zeros,
    gammaInitializer: any Initializer = .ones, betaRegularizer: (any Regularizer)? = nil,
    gammaRegularizer: (any Regularizer)? = nil, betaConstraint: (any Constraint)? = nil,
    gammaConstraint: (any Constraint)? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(
      axis: axis, epsilon: epsilon,
      ScaleOffsetOptions(
        center: center, scale: scale, betaInitializer: betaInitializer, gammaInitializer: gammaInitializer,
        betaRegularizer: betaRegularizer, gammaRegularizer: gammaRegularizer, betaConstraint: betaConstraint,
        gammaConstraint: gammaConstraint),
      rmsScaling: false, name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ axis: Axes, epsilon: Double = 0.001, center: Bool = true, scale: Bool = true,
    betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
    betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
    betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(
      axis: axis, epsilon: epsilon, center: center, scale: scale, betaInitializer: betaInitializer,
      gammaInitializer: gammaInitializer, betaRegularizer: betaRegularizer, gammaRegularizer: gammaRegularizer,
      betaConstraint: betaConstraint, gammaConstraint: gammaConstraint, name: name, dtype: dtype)
  }

  private init(
    axis: Axes, epsilon: Double, _ options: ScaleOffsetOptions, rmsScaling: Bool, name: String?, dtype: DTypePolicy
  ) {
    self.axis = axis
    self.epsilon = epsilon
    self.rmsScaling = rmsScaling
    self.options = options
    super.init(name: name, dtype: dtype)
    if !(epsilon >= 0) { reject("epsilon", "must not be negative, found \(epsilon)") }
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      axis: try reader.axes(default: -1), epsilon: try reader.double("epsilon", default: 0.001),
      try ScaleOffsetOptions(reader), rmsScaling: try reader.bool("rms_scaling", default: false), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .normalization, "gamma · (x − mean) / √(variance + epsilon) + beta, over axes of each sample",
      example: "LayerNormalization(epsilon: 1e-6)",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config {
    let own: Config = [
      "axis": JSONValue(axis.values.sorted()), "epsilon": .number(epsilon), "rms_scaling": .bool(rmsScaling),
    ]
    return own.merging(options.config)
  }

  public override var supportsMasking: Bool { true }
  public override var autocast: Bool { false }

  public override func build(_ inputShape: [Int?]) throws {
    axes = try axis.resolved(rank: inputShape.count, layer: "\(name) (LayerNormalization), argument axis")
    let extents = try axis.weightExtents(of: inputShape, layer: name)
    if axes.count > 1 { inputExtents = try Axes.extents(axes, of: inputShape, layer: name) }
    if options.scale || rmsScaling { gamma = try options.addGamma(extents, to: self) }
    if options.center, !rmsScaling { beta = try options.addBeta(extents, to: self) }
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    let x = input.asType(input.dtype.promoted(with: .float32))
    let (gamma, beta) = (gamma.map { weight($0, x.dtype, context) }, beta.map { weight($0, x.dtype, context) })
    let output =
      rmsScaling
      ? scaledByDeviation(x, gamma) : x.layerNormalized(axes: axes, scale: gamma, offset: beta, epsilon: epsilon)
    return output.asType(dtypePolicy.computeDType)
  }

  /// A weight's numbers, taken in the order of the input's axes without being moved, as Keras does.
  private func weight(_ variable: Variable, _ dtype: DType, _ context: CallContext) -> Tensor {
    let value = context[variable].asType(dtype)
    return inputExtents.map { value.reshape($0) } ?? value
  }

  private func scaledByDeviation(_ x: Tensor, _ gamma: Tensor?) -> Tensor {
    let output = x * (x.variance(axis: axes, keepDims: true) + epsilon).rsqrt()
    return gamma.map { output * $0.spread(overAxes: axes, rank: x.rank) } ?? output
  }
}
