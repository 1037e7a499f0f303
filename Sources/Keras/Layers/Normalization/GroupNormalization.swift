import Graph
import ModelFiles

/// Splits the channels into groups and normalises each sample's groups to mean 0 and variance 1 over all axes but the
/// batch: `gamma · (x − mean) / √(variance + epsilon) + beta`.
///
/// Output shape is the input's; `gamma` and `beta` are `[channels]`. One group is layer normalization of whole
/// samples, as many groups as channels instance normalization.
/// Source: Wu and He 2018, `keras.layers.GroupNormalization`.
public final class GroupNormalization: Layer, ConfigConstructible, @unchecked Sendable {
  /// The number of groups; -1 until the layer is built where it is to be the number of channels.
  public private(set) var groups: Int
  public let axis: Int
  public let epsilon: Double
  private let options: ScaleOffsetOptions
  public private(set) var gamma: Variable?
  public private(set) var beta: Variable?

  /// - Parameters:
  ///   - groups: must divide the number of channels; -1 means as many as channels.
  ///   - axis: the channels' axis.
  ///   - center: whether to add `beta`.
  ///   - scale: whether to multiply by `gamma`.
  public convenience init(
    groups: Int = 32, axis: Int = -1, epsilon: Double = 0.001,
    center: Bool = true, scale: Bool = true, betaInitializer: any Initializer = .zeros,
    gammaInitializer: any Initializer = .ones, betaRegularizer: (any Regularizer)? = nil,
    gammaRegularizer: (any Regularizer)? = nil, betaConstraint: (any Constraint)? = nil,
    gammaConstraint: (any Constraint)? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(
      groups: groups, axis: axis, epsilon: epsilon,
      ScaleOffsetOptions(
        center: center, scale: scale, betaInitializer: betaInitializer, gammaInitializer: gammaInitializer,
        betaRegularizer: betaRegularizer, gammaRegularizer: gammaRegularizer, betaConstraint: betaConstraint,
        gammaConstraint: gammaConstraint),
      name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ groups: Int, axis: Int = -1, epsilon: Double = 0.001, center: Bool = true, scale: Bool = true,
    betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
    betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
    betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(
      groups: groups, axis: axis, epsilon: epsilon, center: center, scale: scale, betaInitializer: betaInitializer,
      gammaInitializer: gammaInitializer, betaRegularizer: betaRegularizer, gammaRegularizer: gammaRegularizer,
      betaConstraint: betaConstraint, gammaConstraint: gammaConstraint, name: name, dtype: dtype)
  }

  private init(
    groups: Int, axis: Int, epsilon: Double, _ options: ScaleOffsetOptions, name: String?, dtype: DTypePolicy
  ) {
    self.groups = groups
    self.axis = axis
    self.epsilon = epsilon
    self.options = options
    super.init(name: name, dtype: dtype)
    if groups != -1 { requireSize("groups", groups) }
    if !(epsilon >= 0) { reject("epsilon", "must not be negative, found \(epsilon)") }
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      groups: try reader.int("groups", default: 32), axis: try reader.int("axis", default: -1),
      epsilon: try reader.double("epsilon", default: 0.001), try ScaleOffsetOptions(reader), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "gamma · (x − mean) / √(variance + epsilon) + beta, over groups of channels of each sample",
      example: "GroupNormalization(groups: 4)",
      arguments: [:], inputs: [[nil, 28, 28, 32]])
  }

  public override var config: Config {
    let own: Config = ["groups": JSONValue(groups), "axis": JSONValue(axis), "epsilon": .number(epsilon)]
    return own.merging(options.config)
  }

  public override var supportsMasking: Bool { true }
  public override var autocast: Bool { false }

  public override func build(_ inputShape: [Int?]) throws {
    let subject = "\(name) (GroupNormalization), argument"
    let index = try Axes([axis]).resolved(rank: inputShape.count, layer: "\(subject) axis")[0]
    guard index > 0 else { throw KerasError(.invalidArgument, "\(subject) axis", "must not be the batch's") }
    let channels = try Axes.extents([index], of: inputShape, layer: name)[0]
    if groups == -1 { groups = channels }
    guard groups > 0, groups <= channels, channels % groups == 0 else {
      throw KerasError(
        .incompatibleShape, "\(subject) groups", "must divide the \(channels) channels, found \(groups)")
    }
    inputSpec = InputSpec(rank: inputShape.count, axes: [index: channels])
    if options.scale { gamma = try options.addGamma([channels], to: self) }
    if options.center { beta = try options.addBeta([channels], to: self) }
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    let x = input.asType(input.dtype.promoted(with: .float32))
    let index = axis < 0 ? axis + x.rank : axis
    let gamma = gamma.map { context[$0].asType(x.dtype) }
    let beta = beta.map { context[$0].asType(x.dtype) }
    // A group's elements that lie side by side are the rows of one fused operation.
    let output =
      index == 1 || groups == 1
      ? normalizedRows(x, index, gamma, beta) : normalizedApart(x, index, gamma, beta)
    return output.asType(dtypePolicy.computeDType)
  }

  private func normalizedRows(_ x: Tensor, _ index: Int, _ gamma: Tensor?, _ beta: Tensor?) -> Tensor {
    let rows = x.reshape([x.shape[0], groups, -1])
    var output = rows.layerNormalized(axes: [2], scale: nil, offset: nil, epsilon: epsilon)
      .reshape(x.shape.dimensions)
    if let gamma { output = output * gamma.spread(overAxes: [index], rank: x.rank) }
    if let beta { output = output + beta.spread(overAxes: [index], rank: x.rank) }
    return output
  }

  private func normalizedApart(_ x: Tensor, _ index: Int, _ gamma: Tensor?, _ beta: Tensor?) -> Tensor {
    var extents = x.shape.dimensions
    extents[index] /= groups
    extents.insert(groups, at: index)
    let parts = x.reshape(extents)
    let axes = (1..<extents.count).filter { $0 != index }
    var weights = [Int](repeating: 1, count: extents.count)
    (weights[index], weights[index + 1]) = (extents[index], extents[index + 1])
    let mean = parts.mean(axis: axes, keepDims: true)
    var factor = ((parts - mean).square().mean(axis: axes, keepDims: true) + epsilon).rsqrt()
    if let gamma { factor = factor * gamma.reshape(weights) }
    var output = (parts - mean) * factor
    if let beta { output = output + beta.reshape(weights) }
    return output.reshape(x.shape.dimensions)
  }
}
