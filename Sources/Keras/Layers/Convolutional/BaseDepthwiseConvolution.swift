/// What `DepthwiseConv1D` and `DepthwiseConv2D` share: each input channel is convolved with `depthMultiplier` kernels
/// of its own; output channel `c · depthMultiplier + m` comes from input channel `c`.
public class BaseDepthwiseConvolution: DepthwiseLayer, @unchecked Sendable {
  /// `[window…, channels, depthMultiplier]`.
  public private(set) var kernel: Variable?
  /// `[channels · depthMultiplier]`.
  public private(set) var bias: Variable?

  public override func build(_ inputShape: [Int?]) throws {
    let (axis, channels) = try options.dataFormat.channels(of: inputShape, layer: name)
    inputSpec = InputSpec(rank: spatialRank + 2, axes: [axis: channels])
    let count = try depthwiseChannels(channels)
    kernel = try addDepthwiseKernel("kernel", channels: channels)
    bias = try addBias(count)
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let kernel else { return input }
    let output = options.dataFormat.computingChannelsLast(input) { x in
      let output = depthwise(x, context[kernel])
      return bias.map { output + context[$0] } ?? output
    }
    return options.activation(output)
  }
}
