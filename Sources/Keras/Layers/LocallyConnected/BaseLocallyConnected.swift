import Graph
import ModelFiles

/// What `LocallyConnected1D` and `LocallyConnected2D` share: a convolution whose every output position has a kernel of
/// its own.
public class BaseLocallyConnected: Layer, @unchecked Sendable {
  /// How the kernel is stored. The results are the same.
  public enum Implementation: Int, Sendable, CaseIterable {
    /// `[positions, window · channels, filters]`.
    case patches = 1
    /// The matrix from the whole input to the whole output, of which most elements do not count:
    /// `[input…, channels, output…, filters]`, with `.channelsFirst` `[channels, input…, filters, output…]`.
    case dense = 2
    /// The elements of that matrix that count, as a vector, sorted by output and then input.
    case sparse = 3
  }

  public let spatialRank: Int
  let options: ConvolutionOptions
  public let implementation: Implementation
  public var filters: Int { options.filters }
  public private(set) var kernelSize: [Int] = []
  public private(set) var strides: [Int] = []
  private var windows: LocalWindows?
  public private(set) var kernel: Variable?
  /// `[output…, filters]`.
  public private(set) var bias: Variable?

  init(
    rank: Int, _ options: ConvolutionOptions, implementation: Implementation, name: String?, dtype: DTypePolicy
  ) {
    spatialRank = rank
    self.options = options
    self.implementation = implementation
    super.init(name: name, dtype: dtype, activityRegularizer: options.weights.activityRegularizer)
    kernelSize = expand("kernel_size", options.kernelSize, rank)
    strides = expand("strides", options.strides, rank)
    inputSpec = InputSpec(rank: rank + 2)
    requireSize("filters", filters)
    if options.padding == .causal { reject("padding", "must be \"valid\" or \"same\", found \"causal\"") }
    if options.padding == .same, implementation == .patches {
      reject("padding", "must be \"valid\" with implementation 1, found \"same\"")
    }
  }

  public override var config: Config {
    let own: Config = [
      "filters": JSONValue(filters), "kernel_size": JSONValue(kernelSize), "strides": JSONValue(strides),
      "padding": .string(options.padding.rawValue), "data_format": .string(options.dataFormat.rawValue),
      "activation": options.activation.serialized, "use_bias": .bool(options.useBias),
      "implementation": JSONValue(implementation.rawValue),
    ]
    return own.merging(options.weights.config)
  }

  public override func build(_ inputShape: [Int?]) throws {
    let (axis, channels) = try options.dataFormat.channels(of: inputShape, layer: name)
    let first = options.dataFormat == .channelsLast ? 1 : 2
    let extents = try Axes.extents(Array(first..<(first + spatialRank)), of: inputShape, layer: name)
    inputSpec = InputSpec(rank: spatialRank + 2, axes: [axis: channels])
    guard
      let windows = LocalWindows(
        input: extents, window: kernelSize, strides: strides, padding: options.padding, channels: channels,
        filters: filters, dataFormat: options.dataFormat)
    else {
      throw KerasError(
        .incompatibleShape, name,
        "a window of \(kernelSize) does not fit an input of shape \(describe(inputShape)), or fits too often")
    }
    guard implementation == .patches || windows.canListWeights else {
      throw KerasError(
        .incompatibleShape, name,
        "has too many weights for implementation \(implementation.rawValue); use implementation 1")
    }
    self.windows = windows
    kernel = try addWeight(
      "kernel", shape: windows.kernelShape(implementation), initializer: options.weights.kernelInitializer,
      regularizer: options.weights.kernelRegularizer, constraint: options.weights.kernelConstraint)
    if options.useBias {
      bias = try addWeight(
        "bias", shape: windows.output + [filters], initializer: options.weights.biasInitializer,
        regularizer: options.weights.biasRegularizer, constraint: options.weights.biasConstraint)
    }
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let kernel, let windows else { return input }
    let batch = input.shape[0]
    let weights = windows.patchKernel(context[kernel], implementation)
    var output = options.dataFormat.computingChannelsLast(input) { x in
      let patches = windows.patches(of: x).transpose([1, 0, 2])
      return patches.matmul(weights).transpose([1, 0, 2]).reshape([batch] + windows.output + [filters])
    }
    if let bias {
      // Keras 2 reads a channels-last bias as channels-first numbers, without moving them.
      let shape =
        options.dataFormat == .channelsFirst ? [1, filters] + windows.output : [1] + windows.output + [filters]
      output = output + context[bias].reshape(shape)
    }
    return options.activation(output)
  }
}

extension BaseLocallyConnected.Implementation {
  init(_ reader: ConfigReader) throws {
    let number = try reader.int("implementation", default: 1)
    guard let implementation = Self(rawValue: number) else {
      throw reader.error("implementation", "must be 1, 2 or 3, found \(number)")
    }
    self = implementation
  }
}
