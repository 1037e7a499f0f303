import Graph
import ModelFiles

/// One step of `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D`: an LSTM whose products are convolutions, gates in the order i, f, c, o.
///
/// Steps work on channels-last images; `x` is convolved with `kernel` (strides, padding, dilation), `h` with
/// `recurrentKernel` (padding same). Source: Shi et al. 2015.
public final class ConvLSTMCell: ProjectingCell, ConfigConstructible, @unchecked Sendable {
  public let spatialRank: Int
  public let filters: Int
  let shape: ConvLSTMShape
  public private(set) var kernelSize: [Int] = []
  public private(set) var strides: [Int] = []
  public private(set) var dilationRate: [Int] = []
  /// `[window…, channels, 4 · filters]`.
  public private(set) var kernel: Variable?
  /// `[window…, filters, 4 · filters]`.
  public private(set) var recurrentKernel: Variable?
  /// `[4 · filters]`.
  public private(set) var bias: Variable?
  /// The extents of the states' images.
  private var stateExtents: [Int] = []

  init(
    rank: Int, _ filters: Int, _ shape: ConvLSTMShape, _ options: RecurrentOptions, name: String?, dtype: DTypePolicy
  ) {
    spatialRank = rank
    self.filters = filters
    self.shape = shape
    super.init(options, name: name, dtype: dtype)
    kernelSize = expand("kernel_size", shape.kernelSize, rank)
    strides = expand("strides", shape.strides, rank)
    dilationRate = expand("dilation_rate", shape.dilationRate, rank)
    requireSize("filters", filters)
    if shape.padding == .causal { reject("padding", "must be \"valid\" or \"same\"") }
    if strides.contains(where: { $0 > 1 }), dilationRate.contains(where: { $0 > 1 }) {
      reject(
        "strides", "strides and dilation rates over 1 cannot be combined, found \(strides) and \(dilationRate)")
    }
  }

  public convenience init(from reader: ConfigReader) throws {
    let shape = try ConvLSTMShape(reader)
    self.init(
      rank: shape.kernelSize.values.count, try reader.int("filters"), shape, try RecurrentOptions(reader),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "one step of ConvLSTM1D, ConvLSTM2D or ConvLSTM3D", example: "ConvLSTM2D(16, kernelSize: 3)",
      arguments: ["filters": 16, "kernel_size": [3, 3]], inputs: [[nil, 8, 8, 3]])
  }

  public override var config: Config {
    super.config.merging(options.gateConfig).merging([
      "filters": JSONValue(filters), "kernel_size": JSONValue(kernelSize), "strides": JSONValue(strides),
      "padding": .string(shape.padding.rawValue), "data_format": .string(shape.dataFormat.rawValue),
      "dilation_rate": JSONValue(dilationRate), "unit_forget_bias": .bool(options.unitForgetBias),
    ])
  }

  public override var stateSize: [Int] { [filters, filters] }

  public override func stateShapes(batchSize: Int) -> [Shape] {
    let image = shape.dataFormat == .channelsLast ? stateExtents + [filters] : [filters] + stateExtents
    return [Shape([batchSize] + image), Shape([batchSize] + image)]
  }

  override func entering(_ states: [Tensor]) -> [Tensor] {
    shape.dataFormat == .channelsFirst ? states.map { $0.channelsMovedLast() } : states
  }

  override func leaving(_ value: Tensor, leadingAxes: Int) -> Tensor {
    guard shape.dataFormat == .channelsFirst, value.rank > leadingAxes + 1 else { return value }
    return value.transpose(Array(0..<leadingAxes) + [value.rank - 1] + Array(leadingAxes..<(value.rank - 1)))
  }

  override var dropoutPatterns: Int { 4 }

  public override func build(_ inputShape: [Int?]) throws {
    let isLast = shape.dataFormat == .channelsLast
    let extents = isLast ? inputShape.dropFirst().dropLast() : inputShape.dropFirst(2)
    let channelAxis = isLast ? inputShape.count - 1 : 1
    guard inputShape.count == spatialRank + 2, let channels = inputShape[channelAxis], !extents.contains(nil) else {
      throw KerasError(
        .incompatibleShape, name,
        "one step's input must have \(spatialRank) spatial axes and channels, all known; found \(describe(inputShape))")
    }
    stateExtents = extents.compactMap { $0 }.enumerated().map { axis, extent in
      shape.padding.outputExtent(
        extent, window: kernelSize[axis], stride: strides[axis], dilation: dilationRate[axis])
    }
    guard stateExtents.allSatisfy({ $0 > 0 }) else {
      throw KerasError(
        .incompatibleShape, name, "the window \(kernelSize) does not fit the input \(describe(inputShape))")
    }
    kernel = try addWeight(
      "kernel", shape: kernelSize + [channels, 4 * filters], initializer: options.kernelInitializer,
      regularizer: options.kernelRegularizer, constraint: options.kernelConstraint)
    recurrentKernel = try addWeight(
      "recurrent_kernel", shape: kernelSize + [filters, 4 * filters], initializer: options.recurrentInitializer,
      regularizer: options.recurrentRegularizer, constraint: options.recurrentConstraint)
    guard options.useBias else { return }
    bias = try addWeight(
      "bias", shape: [4 * filters],
      initializer: options.unitForgetBias
        ? ForgetGateBias(base: options.biasInitializer, units: filters) : options.biasInitializer,
      regularizer: options.biasRegularizer, constraint: options.biasConstraint)
  }

  /// The convolution of all time steps at once: time and batch are one axis.
  override func project(_ sequence: Tensor, _ context: CallContext) -> Tensor {
    guard let kernel else { return sequence }
    let images = dropped(sequence, "dropout", context).map { value in
      let merged = value.reshape([value.shape[0] * value.shape[1]] + value.shape.dimensions.dropFirst(2))
      return shape.dataFormat == .channelsFirst ? merged.channelsMovedLast() : merged
    }
    var gates = convolved(
      images, context[kernel], strides: strides, padding: shape.padding, dilations: dilationRate)
    if let bias { gates = gates + context[bias] }
    return gates.reshape([sequence.shape[0], sequence.shape[1]] + gates.shape.dimensions.dropFirst())
  }

  override func step(_ projection: Tensor, _ states: [Tensor], _ context: CallContext) -> [Tensor] {
    guard let recurrentKernel else { return states }
    let ones = [Int](repeating: 1, count: spatialRank)
    let product = convolved(
      dropped(states[0], "recurrent_dropout", context), context[recurrentKernel], strides: ones, padding: .same,
      dilations: ones)
    let gates = projection + product
    let (r, f) = (options.recurrentActivation, options.activation)
    let c = r(gate(1, of: gates)) * states[1] + r(gate(0, of: gates)) * f(gate(2, of: gates))
    return [r(gate(3, of: gates)) * f(c), c]
  }

  /// The convolution of each gate: one value for all of them, or one for each.
  private func convolved(
    _ values: [Tensor], _ kernel: Tensor, strides: [Int], padding: PaddingMode, dilations: [Int]
  ) -> Tensor {
    func convolution(_ x: Tensor, _ kernel: Tensor) -> Tensor {
      x.convolution(kernel, strides: strides, padding: padding, dilations: dilations, groups: 1)
    }
    guard values.count > 1 else { return convolution(values[0], kernel) }
    return concatenate(values.enumerated().map { convolution($1, gate($0, of: kernel)) }, axis: -1)
  }

  private func gate(_ index: Int, of tensor: Tensor) -> Tensor {
    tensor.slice(axis: tensor.rank - 1, (index * filters)..<((index + 1) * filters))
  }
}

/// The arguments of a ConvLSTM that say how it slides over images.
struct ConvLSTMShape: Sendable {
  var kernelSize: AxisValues
  var strides: AxisValues
  var padding: PaddingMode
  var dataFormat: DataFormat
  var dilationRate: AxisValues
}

extension ConvLSTMShape {
  init(_ reader: ConfigReader) throws {
    kernelSize = AxisValues(try reader.optionalInts("kernel_size") ?? [])
    strides = AxisValues(try reader.optionalInts("strides") ?? [1])
    padding = try reader.choice("padding", default: .valid)
    dataFormat = try reader.choice("data_format", default: .channelsLast)
    dilationRate = AxisValues(try reader.optionalInts("dilation_rate") ?? [1])
  }
}

extension PaddingMode {
  /// The number of positions of a window along an axis.
  func outputExtent(_ extent: Int, window: Int, stride: Int, dilation: Int) -> Int {
    let (low, high) = amounts(extent: extent, window: window, stride: stride, dilation: dilation)
    let room = extent + low + high - ((window - 1) &* dilation + 1)
    return room < 0 ? 0 : room / Swift.max(stride, 1) + 1
  }
}
