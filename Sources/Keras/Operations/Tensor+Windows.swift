import Graph
import ModelFiles

// Convolution and pooling as `keras.ops` has them, and windows as tensors. Kernels are `[window…, channels, filters]`.

extension Tensor {
  /// Cross-correlation with a kernel `[window…, channels / groups, filters]`; the groups follow from the channels.
  public func conv(
    _ kernel: Tensor, strides: AxisValues = 1, padding: PaddingMode = .valid, dataFormat: DataFormat = .channelsLast,
    dilationRate: AxisValues = 1
  ) -> Tensor {
    windowed("Conv", kernel, strides, padding, dataFormat, dilationRate) { x, kernel, strides, dilations in
      let groups = x.shape[-1] / Swift.max(kernel.shape[-2], 1)
      return x.convolution(
        kernel, strides: strides, padding: padding, dilations: dilations, groups: Swift.max(groups, 1))
    }
  }

  /// Each channel with kernels of its own, `[window…, channels, multiplier]`.
  public func depthwiseConv(
    _ kernel: Tensor, strides: AxisValues = 1, padding: PaddingMode = .valid, dataFormat: DataFormat = .channelsLast,
    dilationRate: AxisValues = 1
  ) -> Tensor {
    windowed("DepthwiseConv", kernel, strides, padding, dataFormat, dilationRate) { x, kernel, strides, dilations in
      let (channels, multiplier) = (kernel.shape[-2], kernel.shape[-1])
      let flat = kernel.reshape(Array(kernel.shape.dimensions.dropLast(2)) + [1, channels * multiplier])
      return x.convolution(flat, strides: strides, padding: padding, dilations: dilations, groups: channels)
    }
  }

  /// `depthwiseConv`, then a convolution with `pointwise` `[1…, channels · multiplier, filters]`.
  public func separableConv(
    depthwise: Tensor, pointwise: Tensor, strides: AxisValues = 1, padding: PaddingMode = .valid,
    dataFormat: DataFormat = .channelsLast, dilationRate: AxisValues = 1
  ) -> Tensor {
    let config = windowConfig(strides, padding, dataFormat, dilationRate)
    return composed("SeparableConv", config, with: [.tensor(depthwise), .tensor(pointwise)]) { operands in
      let first = operands[0].depthwiseConv(
        operands[1], strides: strides, padding: padding, dataFormat: dataFormat, dilationRate: dilationRate)
      return first.conv(operands[2], dataFormat: dataFormat)
    }
  }

  /// The linear map that a convolution's gradient applies, with a kernel `[window…, filters, channels]`.
  public func convTranspose(
    _ kernel: Tensor, strides: AxisValues = 1, padding: PaddingMode = .valid, outputPadding: AxisValues? = nil,
    dataFormat: DataFormat = .channelsLast, dilationRate: AxisValues = 1
  ) -> Tensor {
    let extra: Config = ["output_padding": JSONValue(outputPadding?.values)]
    let added = outputPadding.map { $0.expanded(rank - 2, minimum: 0) }
    if case .some(nil) = added { return rejected("conv_transpose", "output_padding does not fit rank \(rank)") }
    return windowed("ConvTranspose", kernel, strides, padding, dataFormat, dilationRate, extra) {
      $0.transposedConvolution($1, strides: $2, padding: padding, outputPadding: added ?? nil, dilations: $3)
    }
  }

  private func windowConfig(
    _ strides: AxisValues, _ padding: PaddingMode, _ dataFormat: DataFormat, _ dilationRate: AxisValues
  ) -> Config {
    [
      "strides": strides.serialized, "padding": .string(padding.rawValue),
      "data_format": .string(dataFormat.rawValue), "dilation_rate": dilationRate.serialized,
    ]
  }

  private func windowed(
    _ className: String, _ kernel: Tensor, _ strides: AxisValues, _ padding: PaddingMode, _ dataFormat: DataFormat,
    _ dilationRate: AxisValues, _ extra: Config = [:],
    _ body: @escaping @Sendable (_ x: Tensor, _ kernel: Tensor, _ strides: [Int], _ dilations: [Int]) -> Tensor
  ) -> Tensor {
    guard rank >= 3, kernel.rank == rank, padding != .causal, let steps = strides.expanded(rank - 2),
      let dilations = dilationRate.expanded(rank - 2), (steps + dilations).allSatisfy({ $0 < 1 << 20 })
    else {
      return rejected(
        className,
        "shapes \(describe(partialShape)) and \(describe(kernel.partialShape)) do not fit strides \(strides.values) "
          + "and dilation rate \(dilationRate.values)")
    }
    let config = windowConfig(strides, padding, dataFormat, dilationRate).merging(extra)
    return composed(className, config, with: [.tensor(kernel)]) { operands in
      let dtype = operands[0].dtype.promoted(with: operands[1].dtype).floating
      let kernel = operands[1].asType(dtype)
      return dataFormat.computingChannelsLast(operands[0].asType(dtype)) { body($0, kernel, steps, dilations) }
    }
  }

  // MARK: Pooling

  /// The largest value of each window.
  public func maxPool(
    _ poolSize: AxisValues, strides: AxisValues? = nil, padding: PaddingMode = .valid,
    dataFormat: DataFormat = .channelsLast
  ) -> Tensor {
    pooled("MaxPool", .maximum, poolSize, strides, padding, dataFormat)
  }

  /// The mean of each window; padding does not count.
  public func averagePool(
    _ poolSize: AxisValues, strides: AxisValues? = nil, padding: PaddingMode = .valid,
    dataFormat: DataFormat = .channelsLast
  ) -> Tensor {
    pooled("AveragePool", .average, poolSize, strides, padding, dataFormat)
  }

  private func pooled(
    _ className: String, _ kind: Pooling.Kind, _ poolSize: AxisValues, _ strides: AxisValues?, _ padding: PaddingMode,
    _ dataFormat: DataFormat
  ) -> Tensor {
    guard rank >= 3, padding != .causal, let window = poolSize.expanded(rank - 2),
      let steps = (strides ?? poolSize).expanded(rank - 2), (window + steps).allSatisfy({ $0 < 1 << 20 })
    else {
      return rejected(className, "windows of \(poolSize.values) do not fit shape \(describe(partialShape))")
    }
    let config: Config = [
      "pool_size": poolSize.serialized, "strides": strides?.serialized ?? nil, "padding": .string(padding.rawValue),
      "data_format": .string(dataFormat.rawValue),
    ]
    return composed(className, config) { operands in
      dataFormat.computingChannelsLast(operands[0]) {
        $0.pool(kind, window: window, strides: steps, padding: padding)
      }
    }
  }

  /// The largest value of windows chosen so that the output has a given size.
  public func adaptiveMaxPool(_ outputSize: AxisValues, dataFormat: DataFormat = .channelsLast) -> Tensor {
    adaptivePooled("AdaptiveMaxPool", .maximum, outputSize, dataFormat)
  }

  /// The mean of windows chosen so that the output has a given size.
  public func adaptiveAveragePool(_ outputSize: AxisValues, dataFormat: DataFormat = .channelsLast) -> Tensor {
    adaptivePooled("AdaptiveAveragePool", .average, outputSize, dataFormat)
  }

  private func adaptivePooled(
    _ className: String, _ kind: Pooling.Kind, _ outputSize: AxisValues, _ dataFormat: DataFormat
  ) -> Tensor {
    guard rank >= 3, let size = outputSize.expanded(rank - 2), size.allSatisfy({ $0 < 1 << 16 }) else {
      return rejected(className, "an output of \(outputSize.values) does not fit shape \(describe(partialShape))")
    }
    let config: Config = ["output_size": outputSize.serialized, "data_format": .string(dataFormat.rawValue)]
    return composed(className, config) { operands in
      dataFormat.computingChannelsLast(operands[0]) { $0.adaptivePool(kind, outputSize: size) }
    }
  }

  // MARK: Windows

  /// The windows of images `[batch, height, width, channels]` (or volumes with a depth, or one without a batch), each
  /// flattened into the channels, row by row.
  public func extractPatches(
    _ size: AxisValues, strides: AxisValues? = nil, dilationRate: AxisValues = 1, padding: PaddingMode = .valid,
    dataFormat: DataFormat = .channelsLast
  ) -> Tensor {
    let spatial = size.values.count == 3 ? 3 : 2
    guard rank == spatial + 1 || rank == spatial + 2, padding != .causal, let window = size.expanded(spatial),
      let steps = (strides ?? size).expanded(spatial), let dilations = dilationRate.expanded(spatial),
      (window + steps + dilations).allSatisfy({ $0 < 1 << 15 })
    else {
      return rejected("extract_patches", "patches of \(size.values) do not fit shape \(describe(partialShape))")
    }
    let config: Config = [
      "size": size.serialized, "strides": strides?.serialized ?? nil, "dilation_rate": dilationRate.serialized,
      "padding": .string(padding.rawValue), "data_format": .string(dataFormat.rawValue),
    ]
    let isSingle = rank == spatial + 1
    return composed("ExtractPatches", config) { operands in
      let batch = isSingle ? operands[0].expandDims(0) : operands[0]
      let patches = dataFormat.computingChannelsLast(batch) { x in
        let amounts = window.indices.map {
          padding.amounts(extent: x.shape[$0 + 1], window: window[$0], stride: steps[$0], dilation: dilations[$0])
        }
        let padded = x.pad([(0, 0)] + amounts.map { ($0.low, $0.high) } + [(0, 0)])
        let windows = padded.windows(window, strides: steps, dilations: dilations)
        let outer = Array(windows.shape.dimensions.prefix(spatial + 1))
        return windows.reshape(outer + [window.reduce(x.shape[-1], *)])
      }
      return isSingle ? patches.squeeze(0) : patches
    }
  }

  /// `[batch, spatial…, channels]` as `[batch, positions…, window…, channels]`.
  private func windows(_ window: [Int], strides: [Int], dilations: [Int]) -> Tensor {
    let count = window.count
    var result = self
    for axis in 0..<count {
      let places = windowPlaces(
        extent: result.shape[2 * axis + 1], window: window[axis], stride: strides[axis], dilation: dilations[axis])
      result = result.take(places, axis: 2 * axis + 1)
    }
    let positions = (0..<count).map { 2 * $0 + 1 }
    return result.transpose([0] + positions + positions.map { $0 + 1 } + [2 * count + 1])
  }

  /// Frames of `sequenceLength` elements of the last axis, `sequenceStride` apart: `[…, frames, sequenceLength]`.
  public func extractSequences(_ sequenceLength: Int, _ sequenceStride: Int) -> Tensor {
    let config: Config = [
      "sequence_length": JSONValue(sequenceLength), "sequence_stride": JSONValue(sequenceStride),
    ]
    guard rank >= 1, sequenceLength > 0, sequenceStride > 0 else {
      return rejected("extract_sequences", "length and stride must be positive")
    }
    return composed("ExtractSequences", config) {
      $0[0].take(
        windowPlaces(extent: $0[0].shape[-1], window: sequenceLength, stride: sequenceStride, dilation: 1), axis: -1)
    }
  }

  /// The windows of `[batch, channels, height, width]` as columns: `[batch, channels · window, positions]`.
  public func unfold(
    _ kernelSize: AxisValues, dilation: AxisValues = 1, padding: AxisValues = 0, stride: AxisValues = 1
  )
    -> Tensor
  {
    guard rank == 4, let grid = WindowGrid(kernelSize, dilation, padding, stride) else {
      return rejected("unfold", "windows of \(kernelSize.values) do not fit shape \(describe(partialShape))")
    }
    return composed("Unfold", grid.config) { operands in
      let widths = grid.padding.map { ($0, $0) }
      let padded = operands[0].pad([(0, 0), (0, 0)] + widths)
      let (rows, columns) = (grid.places(0, padded.shape[2]), grid.places(1, padded.shape[3]))
      // [n, c, rows, kh, columns, kw]
      let windows = padded.take(rows, axis: 2).take(columns, axis: 4)
      let shape = windows.shape
      return windows.transpose([0, 1, 3, 5, 2, 4])
        .reshape([shape[0], shape[1] * grid.window[0] * grid.window[1], shape[2] * shape[4]])
    }
  }

  /// Adds columns `[batch, channels · window, positions]` at their windows' places: `[batch, channels, height, width]`.
  public func fold(
    _ outputSize: AxisValues, _ kernelSize: AxisValues, dilation: AxisValues = 1, padding: AxisValues = 0,
    stride: AxisValues = 1
  ) -> Tensor {
    guard rank == 3, let grid = WindowGrid(kernelSize, dilation, padding, stride), let size = outputSize.expanded(2),
      size.allSatisfy({ $0 < 1 << 20 })
    else {
      return rejected("fold", "windows of \(kernelSize.values) do not fit shape \(describe(partialShape))")
    }
    let config = grid.config.merging(["output_size": outputSize.serialized])
    return operation("Fold", config) { operands in
      let x = operands[0]
      let extents = [size[0] + 2 * grid.padding[0], size[1] + 2 * grid.padding[1]]
      let (rows, columns) = (grid.positions(0, extents[0]), grid.positions(1, extents[1]))
      let area = grid.window[0] * grid.window[1]
      guard x.shape[1] % area == 0, x.shape[2] == rows * columns else {
        return x.failed("fold", "shape \(x.shape) does not hold \(rows * columns) windows of \(area) places")
      }
      let channels = x.shape[1] / area
      let blocks = x.reshape([x.shape[0], channels, grid.window[0], grid.window[1], rows, columns])
        .transpose([0, 1, 4, 2, 5, 3])
      func indices(_ axis: Int) -> Expression {
        x.builder.vector(grid.offsets(axis, extents[axis]).map(Double.init), .int32)
          .reshape([grid.positions(axis, extents[axis]), grid.window[axis]])
      }
      func zeros(_ shape: Shape) -> Expression { x.builder.full(0, TensorType(x.dtype, shape)) }
      let wide = zeros([x.shape[0], channels, rows, grid.window[0], extents[1]])
        .scatterAdd(indices(1), blocks, axis: 4)
      let full = zeros([x.shape[0], channels, extents[0], extents[1]]).scatterAdd(indices(0), wide, axis: 2)
      return full.slice(axis: 2, grid.padding[0]..<(grid.padding[0] + size[0]))
        .slice(axis: 3, grid.padding[1]..<(grid.padding[1] + size[1]))
    }
  }
}

/// The places of all windows along an axis, int32 `[positions, window]`.
private func windowPlaces(extent: Int, window: Int, stride: Int, dilation: Int) -> Tensor {
  let span = (window - 1) * dilation + 1
  guard extent >= span else {
    return rejected("windows", "an axis of extent \(extent) does not hold a window of \(span)")
  }
  let count = (extent - span) / stride + 1
  if let problem = TableLimit.problem(count, window) { return rejected("windows", problem) }
  let places = (0..<count).flatMap { start in (0..<window).map { Int32(clamping: start * stride + $0 * dilation) } }
  return Tensor(places, shape: [count, window])
}

/// The windows of `unfold` and `fold` over two axes.
private struct WindowGrid: Sendable {
  let window: [Int]
  let dilation: [Int]
  let padding: [Int]
  let stride: [Int]

  init?(_ kernelSize: AxisValues, _ dilation: AxisValues, _ padding: AxisValues, _ stride: AxisValues) {
    guard let window = kernelSize.expanded(2), let dilations = dilation.expanded(2),
      let widths = padding.expanded(2, minimum: 0), let strides = stride.expanded(2),
      (window + dilations + widths + strides).allSatisfy({ $0 < 1 << 15 })
    else { return nil }
    (self.window, self.dilation, self.padding, self.stride) = (window, dilations, widths, strides)
  }

  var config: Config {
    [
      "kernel_size": JSONValue(window), "dilation": JSONValue(dilation), "padding": JSONValue(padding),
      "stride": JSONValue(stride),
    ]
  }

  func places(_ axis: Int, _ extent: Int) -> Tensor {
    windowPlaces(extent: extent, window: window[axis], stride: stride[axis], dilation: dilation[axis])
  }

  func positions(_ axis: Int, _ extent: Int) -> Int {
    Swift.max((extent - (window[axis] - 1) * dilation[axis] - 1 + stride[axis]) / stride[axis], 0)
  }

  func offsets(_ axis: Int, _ extent: Int) -> [Int] {
    (0..<positions(axis, extent)).flatMap { start in
      (0..<window[axis]).map { start * stride[axis] + $0 * dilation[axis] }
    }
  }
}

extension AxisValues {
  /// A number, or a list of several.
  var serialized: JSONValue { values.count == 1 ? JSONValue(values.first) : JSONValue(values) }
}
