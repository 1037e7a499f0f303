import ModelFiles

/// The arguments that the depthwise and separable convolutions share.
struct DepthwiseOptions: Sendable {
  var depthMultiplier: Int
  var kernelSize: AxisValues
  var strides: AxisValues
  var padding: PaddingMode
  var dataFormat: DataFormat
  var dilationRate: AxisValues
  var activation: ActivationFunction
  var useBias: Bool
  var depthwiseInitializer: any Initializer
  var biasInitializer: any Initializer
  var depthwiseRegularizer: (any Regularizer)?
  var biasRegularizer: (any Regularizer)?
  var activityRegularizer: (any Regularizer)?
  var depthwiseConstraint: (any Constraint)?
  var biasConstraint: (any Constraint)?
}

extension DepthwiseOptions {
  init(_ reader: ConfigReader) throws {
    depthMultiplier = try reader.int("depth_multiplier", default: 1)
    kernelSize = AxisValues(try reader.optionalInts("kernel_size") ?? [])
    strides = AxisValues(try reader.optionalInts("strides") ?? [1])
    padding = try reader.choice("padding", default: .valid)
    dataFormat = try reader.choice("data_format", default: .channelsLast)
    dilationRate = AxisValues(try reader.optionalInts("dilation_rate") ?? [1])
    activation = try reader.activation("activation")
    useBias = try reader.bool("use_bias", default: true)
    depthwiseInitializer = try reader.initializer("depthwise_initializer", default: .glorotUniform)
    biasInitializer = try reader.initializer("bias_initializer", default: .zeros)
    depthwiseRegularizer = try reader.regularizer("depthwise_regularizer")
    biasRegularizer = try reader.regularizer("bias_regularizer")
    activityRegularizer = try reader.regularizer("activity_regularizer")
    depthwiseConstraint = try reader.constraint("depthwise_constraint")
    biasConstraint = try reader.constraint("bias_constraint")
  }
}

/// What `BaseDepthwiseConvolution` and `BaseSeparableConvolution` share: the depthwise step, in which each input
/// channel is convolved with `depthMultiplier` kernels of its own.
public class DepthwiseLayer: Layer, @unchecked Sendable {
  public let spatialRank: Int
  let options: DepthwiseOptions
  public var depthMultiplier: Int { options.depthMultiplier }
  public private(set) var kernelSize: [Int] = []
  public private(set) var strides: [Int] = []
  public private(set) var dilationRate: [Int] = []

  init(rank: Int, _ options: DepthwiseOptions, name: String?, dtype: DTypePolicy) {
    spatialRank = rank
    self.options = options
    super.init(name: name, dtype: dtype, activityRegularizer: options.activityRegularizer)
    kernelSize = expand("kernel_size", options.kernelSize, rank)
    strides = expand("strides", options.strides, rank)
    dilationRate = expand("dilation_rate", options.dilationRate, rank)
    inputSpec = InputSpec(rank: rank + 2)
    requireSize("depth_multiplier", depthMultiplier)
    if options.padding == .causal { reject("padding", "must be \"valid\" or \"same\", found \"causal\"") }
  }

  public override var config: Config {
    [
      "depth_multiplier": JSONValue(depthMultiplier), "kernel_size": JSONValue(kernelSize),
      "strides": JSONValue(strides), "padding": .string(options.padding.rawValue),
      "data_format": .string(options.dataFormat.rawValue), "dilation_rate": JSONValue(dilationRate),
      "activation": options.activation.serialized, "use_bias": .bool(options.useBias),
      "depthwise_initializer": options.depthwiseInitializer.serialized,
      "bias_initializer": options.biasInitializer.serialized,
      "depthwise_regularizer": options.depthwiseRegularizer?.serialized ?? nil,
      "bias_regularizer": options.biasRegularizer?.serialized ?? nil,
      "activity_regularizer": options.activityRegularizer?.serialized ?? nil,
      "depthwise_constraint": options.depthwiseConstraint?.serialized ?? nil,
      "bias_constraint": options.biasConstraint?.serialized ?? nil,
    ]
  }

  /// Creates the kernel `[window…, channels, depthMultiplier]`.
  func addDepthwiseKernel(_ name: String, channels: Int) throws -> Variable {
    try addWeight(
      name, shape: kernelSize + [channels, depthMultiplier], initializer: options.depthwiseInitializer,
      regularizer: options.depthwiseRegularizer, constraint: options.depthwiseConstraint)
  }

  func addBias(_ count: Int) throws -> Variable? {
    guard options.useBias else { return nil }
    return try addWeight(
      "bias", shape: [count], initializer: options.biasInitializer, regularizer: options.biasRegularizer,
      constraint: options.biasConstraint)
  }

  /// The number of channels after the depthwise step.
  func depthwiseChannels(_ channels: Int) throws -> Int {
    let (count, overflow) = channels.multipliedReportingOverflow(by: depthMultiplier)
    guard !overflow else {
      throw KerasError(
        .invalidArgument, "\(name) (\(Self.className)), argument depth_multiplier",
        "is too large for \(channels) channels: \(depthMultiplier)")
    }
    return count
  }

  /// The depthwise step on a channels-last input: a convolution in as many groups as there are channels.
  func depthwise(_ x: Tensor, _ kernel: Tensor) -> Tensor {
    let channels = kernel.shape[-2] &* kernel.shape[-1]
    return x.convolution(
      kernel.reshape(kernelSize + [1, channels]), strides: strides, padding: options.padding, dilations: dilationRate,
      groups: kernel.shape[-2])
  }
}
