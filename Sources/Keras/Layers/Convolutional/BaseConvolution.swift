import Graph
import ModelFiles

/// What `Conv1D`, `Conv2D` and `Conv3D` share: `activation(kernel ⋆ x + bias)` with ⋆ the cross-correlation over the
/// spatial axes.
public class BaseConvolution: Layer, LowRankAdapted, @unchecked Sendable {
  public let spatialRank: Int
  let options: ConvolutionOptions
  public var filters: Int { options.filters }
  public private(set) var kernelSize: [Int] = []
  public private(set) var strides: [Int] = []
  public private(set) var dilationRate: [Int] = []
  /// `[window…, channels / groups, filters]`.
  public private(set) var kernel: Variable?
  /// `[filters]`.
  public private(set) var bias: Variable?
  private(set) var adaptation: LowRankAdaptation?

  init(rank: Int, _ options: ConvolutionOptions, name: String?, dtype: DTypePolicy) {
    spatialRank = rank
    self.options = options
    super.init(name: name, dtype: dtype, activityRegularizer: options.weights.activityRegularizer)
    kernelSize = expand("kernel_size", options.kernelSize, rank)
    strides = expand("strides", options.strides, rank)
    dilationRate = expand("dilation_rate", options.dilationRate, rank)
    inputSpec = InputSpec(rank: rank + 2)
    checkArguments()
  }

  private func checkArguments() {
    requireSize("filters", filters)
    requireSize("groups", options.groups)
    if options.groups > 0, filters % options.groups != 0 {
      reject("filters", "must be divisible by groups, found \(filters) filters in \(options.groups) groups")
    }
    if options.padding == .causal, spatialRank != 1 { reject("padding", "\"causal\" exists only for Conv1D") }
    requireSize("lora_rank", options.lowRank.rank)
    if strides.contains(where: { $0 > 1 }), dilationRate.contains(where: { $0 > 1 }) {
      reject(
        "strides", "strides and dilation rates over 1 cannot be combined, found \(strides) and \(dilationRate)")
    }
  }

  public override var config: Config {
    let own: Config = [
      "filters": JSONValue(filters), "kernel_size": JSONValue(kernelSize), "strides": JSONValue(strides),
      "padding": .string(options.padding.rawValue), "data_format": .string(options.dataFormat.rawValue),
      "dilation_rate": JSONValue(dilationRate), "groups": JSONValue(options.groups),
      "activation": options.activation.serialized, "use_bias": .bool(options.useBias),
    ]
    return own.merging(options.weights.config).merging(options.lowRank.config)
  }

  public override func build(_ inputShape: [Int?]) throws {
    let (axis, channels) = try options.dataFormat.channels(of: inputShape, layer: name)
    guard channels % options.groups == 0 else {
      throw KerasError(
        .incompatibleShape, name,
        "the input's channels must be divisible by groups, found \(channels) channels in \(options.groups) groups")
    }
    inputSpec = InputSpec(rank: spatialRank + 2, axes: [axis: channels])
    let kernel = try addWeight(
      "kernel", shape: kernelSize + [channels / options.groups, filters],
      initializer: options.weights.kernelInitializer,
      regularizer: options.weights.kernelRegularizer, constraint: options.weights.kernelConstraint)
    self.kernel = kernel
    if options.useBias {
      bias = try addWeight(
        "bias", shape: [filters], initializer: options.weights.biasInitializer,
        regularizer: options.weights.biasRegularizer, constraint: options.weights.biasConstraint)
    }
    adaptation = try LowRankAdaptation(
      of: kernel, named: "kernel", options.lowRank, regularizer: options.weights.kernelRegularizer,
      constraint: options.weights.kernelConstraint, in: self)
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let kernel else { return input }
    let weights = adaptation.map { $0(context[kernel], context) } ?? context[kernel]
    let output = options.dataFormat.computingChannelsLast(input) { x in
      let output = x.convolution(
        weights, strides: strides, padding: options.padding, dilations: dilationRate, groups: options.groups)
      return bias.map { output + context[$0] } ?? output
    }
    return options.activation(output)
  }
}

extension Tensor {
  /// Cross-correlation of a channels-last tensor with a kernel `[window…, channels / groups, filters]`.
  func convolution(_ kernel: Tensor, strides: [Int], padding: PaddingMode, dilations: [Int], groups: Int) -> Tensor {
    let config: Config = [
      "strides": JSONValue(strides), "padding": .string(padding.rawValue), "dilation_rate": JSONValue(dilations),
      "groups": JSONValue(groups),
    ]
    return operation("Conv", config, with: [.tensor(kernel)]) { operands in
      let (x, kernel) = promoted(operands[0], operands[1])
      let amounts = strides.indices.map {
        padding.amounts(
          extent: x.shape[$0 + 1], window: kernel.shape[$0], stride: strides[$0], dilation: dilations[$0])
      }
      return x.convolution(
        kernel,
        Convolution(
          strides: strides, paddingLow: amounts.map(\.low), paddingHigh: amounts.map(\.high), dilations: dilations,
          groups: groups))
    }
  }
}
