import ModelFiles

/// What `SeparableConv1D` and `SeparableConv2D` share: a depthwise convolution, then one with a window of a single
/// element that mixes the channels.
public class BaseSeparableConvolution: DepthwiseLayer, @unchecked Sendable {
  public let filters: Int
  private let pointwise: PointwiseOptions
  /// `[window…, channels, depthMultiplier]`.
  public private(set) var depthwiseKernel: Variable?
  /// `[1…, channels · depthMultiplier, filters]`.
  public private(set) var pointwiseKernel: Variable?
  /// `[filters]`.
  public private(set) var bias: Variable?

  init(
    rank: Int, filters: Int, _ options: DepthwiseOptions, _ pointwise: PointwiseOptions, name: String?,
    dtype: DTypePolicy
  ) {
    self.filters = filters
    self.pointwise = pointwise
    super.init(rank: rank, options, name: name, dtype: dtype)
    requireSize("filters", filters)
  }

  public override var config: Config {
    let own: Config = [
      "filters": JSONValue(filters), "pointwise_initializer": pointwise.initializer.serialized,
      "pointwise_regularizer": pointwise.regularizer?.serialized ?? nil,
      "pointwise_constraint": pointwise.constraint?.serialized ?? nil,
    ]
    return super.config.merging(own)
  }

  public override func build(_ inputShape: [Int?]) throws {
    let (axis, channels) = try options.dataFormat.channels(of: inputShape, layer: name)
    inputSpec = InputSpec(rank: spatialRank + 2, axes: [axis: channels])
    let count = try depthwiseChannels(channels)
    depthwiseKernel = try addDepthwiseKernel("depthwise_kernel", channels: channels)
    pointwiseKernel = try addWeight(
      "pointwise_kernel", shape: [Int](repeating: 1, count: spatialRank) + [count, filters],
      initializer: pointwise.initializer, regularizer: pointwise.regularizer, constraint: pointwise.constraint)
    bias = try addBias(filters)
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let depthwiseKernel, let pointwiseKernel else { return input }
    let ones = [Int](repeating: 1, count: spatialRank)
    let output = options.dataFormat.computingChannelsLast(input) { x in
      let output = depthwise(x, context[depthwiseKernel]).convolution(
        context[pointwiseKernel], strides: ones, padding: .valid, dilations: ones, groups: 1)
      return bias.map { output + context[$0] } ?? output
    }
    return options.activation(output)
  }
}

/// The arguments of the step that mixes the channels.
struct PointwiseOptions: Sendable {
  var initializer: any Initializer
  var regularizer: (any Regularizer)?
  var constraint: (any Constraint)?
}

extension PointwiseOptions {
  init(_ reader: ConfigReader) throws {
    initializer = try reader.initializer("pointwise_initializer", default: .glorotUniform)
    regularizer = try reader.regularizer("pointwise_regularizer")
    constraint = try reader.constraint("pointwise_constraint")
  }
}
