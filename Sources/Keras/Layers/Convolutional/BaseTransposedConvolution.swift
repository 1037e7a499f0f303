import Graph
import ModelFiles

/// What `Conv1DTranspose`, `Conv2DTranspose` and `Conv3DTranspose` share: the linear map that a convolution's gradient
/// applies, plus bias, then activation. It leads from what has the shape of a convolution's output to what has the
/// shape of its input.
public class BaseTransposedConvolution: Layer, @unchecked Sendable {
  public let spatialRank: Int
  let options: ConvolutionOptions
  public var filters: Int { options.filters }
  public private(set) var kernelSize: [Int] = []
  public private(set) var strides: [Int] = []
  public private(set) var dilationRate: [Int] = []
  public private(set) var outputPadding: [Int]?
  /// `[window…, filters, channels]`.
  public private(set) var kernel: Variable?
  /// `[filters]`.
  public private(set) var bias: Variable?

  init(rank: Int, _ options: ConvolutionOptions, outputPadding: AxisValues?, name: String?, dtype: DTypePolicy) {
    spatialRank = rank
    self.options = options
    super.init(name: name, dtype: dtype, activityRegularizer: options.weights.activityRegularizer)
    kernelSize = expand("kernel_size", options.kernelSize, rank)
    strides = expand("strides", options.strides, rank)
    dilationRate = expand("dilation_rate", options.dilationRate, rank)
    self.outputPadding = outputPadding.map { expand("output_padding", $0, rank, minimum: 0) }
    inputSpec = InputSpec(rank: rank + 2)
    checkArguments()
  }

  private func checkArguments() {
    requireSize("filters", filters)
    if options.padding == .causal { reject("padding", "must be \"valid\" or \"same\", found \"causal\"") }
    if strides.contains(where: { $0 > 1 }), dilationRate.contains(where: { $0 > 1 }) {
      reject("strides", "strides and dilation rates over 1 cannot be combined, found \(strides) and \(dilationRate)")
    }
    if let outputPadding, zip(outputPadding, strides).contains(where: { $0 >= $1 }) {
      reject("output_padding", "must be less than the strides \(strides), found \(outputPadding)")
    }
  }

  public override var config: Config {
    let own: Config = [
      "filters": JSONValue(filters), "kernel_size": JSONValue(kernelSize), "strides": JSONValue(strides),
      "padding": .string(options.padding.rawValue), "output_padding": JSONValue(outputPadding),
      "data_format": .string(options.dataFormat.rawValue), "dilation_rate": JSONValue(dilationRate),
      "activation": options.activation.serialized, "use_bias": .bool(options.useBias),
    ]
    return own.merging(options.weights.config)
  }

  public override func build(_ inputShape: [Int?]) throws {
    let (axis, channels) = try options.dataFormat.channels(of: inputShape, layer: name)
    inputSpec = InputSpec(rank: spatialRank + 2, axes: [axis: channels])
    kernel = try addWeight(
      "kernel", shape: kernelSize + [filters, channels], initializer: options.weights.kernelInitializer,
      regularizer: options.weights.kernelRegularizer, constraint: options.weights.kernelConstraint)
    if options.useBias {
      bias = try addWeight(
        "bias", shape: [filters], initializer: options.weights.biasInitializer,
        regularizer: options.weights.biasRegularizer, constraint: options.weights.biasConstraint)
    }
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let kernel else { return input }
    let output = options.dataFormat.computingChannelsLast(input) { x in
      let output = x.transposedConvolution(
        context[kernel], strides: strides, padding: options.padding, outputPadding: outputPadding,
        dilations: dilationRate)
      return bias.map { output + context[$0] } ?? output
    }
    return options.activation(output)
  }
}

extension Tensor {
  /// The transposed convolution of a channels-last tensor with a kernel `[window…, filters, channels]`.
  func transposedConvolution(
    _ kernel: Tensor, strides: [Int], padding: PaddingMode, outputPadding: [Int]?, dilations: [Int]
  ) -> Tensor {
    let config: Config = [
      "strides": JSONValue(strides), "padding": .string(padding.rawValue), "output_padding": JSONValue(outputPadding),
      "dilation_rate": JSONValue(dilations),
    ]
    return operation("ConvTranspose", config, with: [.tensor(kernel)]) { operands in
      let (x, kernel) = promoted(operands[0], operands[1])
      let axes = strides.indices.map { axis in
        TransposedAxis(
          input: x.shape[axis + 1], window: kernel.shape[axis], stride: strides[axis], dilation: dilations[axis],
          padding: padding, outputPadding: outputPadding?[axis])
      }
      let convolution = Convolution(
        strides: strides, paddingLow: axes.map(\.low), paddingHigh: axes.map(\.high), dilations: dilations)
      return x.convolutionInputGradient(
        kernel, convolution, input: Shape([x.shape[0]] + axes.map(\.output) + [kernel.shape[-2]]))
    }
  }
}

/// One axis of a transposed convolution: its output's extent, and the padding of the convolution it transposes.
private struct TransposedAxis {
  let output: Int
  let low: Int
  let high: Int

  init(input: Int, window: Int, stride: Int, dilation: Int, padding: PaddingMode, outputPadding: Int?) {
    let span = (window - 1) &* dilation &+ 1
    // Keras says how many zeros stand before and after the input, whose elements are a stride apart, when the window
    // slides over it.
    let (left, right): (Int, Int)
    if padding == .same {
      let total = outputPadding.map { span &+ span % 2 &- 2 &+ $0 } ?? (stride &+ span &- 2)
      left = Swift.min(total / 2 &+ total % 2, span &- 1)
      right = total &- left
    } else {
      left = span &- 1
      right = left &+ (outputPadding ?? Swift.max(stride &- span, 0))
    }
    output = (input &- 1) &* stride &+ left &+ right &- span &+ 2
    low = span &- 1 &- left
    high = Swift.max(span &- 1 &- right, 0)
  }
}
