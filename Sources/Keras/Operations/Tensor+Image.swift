import Graph
import ModelFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How pixels between pixels are computed when an image is resized.
public enum Interpolation: String, Sendable, CaseIterable {
  case nearest, bilinear, bicubic, lanczos3, lanczos5

  /// Half the width of the kernel, in pixels.
  fileprivate func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .nearest: return x <= 0.5 ? 1 : 0
    case .bilinear: return Swift.max(1 - x, 0)
    case .bicubic:
      // Keys' cubic convolution with a = −1/2.
      if x >= 2 { return 0 }
      return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1
    case .lanczos3: return Self.lanczos(x, 3)
    case .lanczos5: return Self.lanczos(x, 5)
    }
  }

  private static func lanczos(_ x: Double, _ radius: Double) -> Double {
    if x > radius { return 0 }
    if x <= 1e-3 { return 1 }
    return radius * sin(.pi * x) * sin(.pi * x / radius) / (.pi * .pi * x * x)
  }

  /// The part that each of `input` pixels has in each of `output` pixels, `[input, output]`.
  fileprivate func weights(from input: Int, to output: Int, antialias: Bool) -> [Double] {
    let ratio = Double(input) / Double(Swift.max(output, 1))
    var matrix = [Double](repeating: 0, count: input * output)
    for column in 0..<output {
      if self == .nearest {
        let source = Swift.min(Int((Double(column) + 0.5) * ratio), Swift.max(input - 1, 0))
        if input > 0 { matrix[source * output + column] = 1 }
        continue
      }
      let place = (Double(column) + 0.5) * ratio - 0.5
      let width = antialias ? Swift.max(ratio, 1) : 1
      let parts = (0..<input).map { weight((place - Double($0)) / width) }
      let total = parts.reduce(0, +)
      guard abs(total) > 1000 * Double(Float.ulpOfOne), place >= -0.5, place <= Double(input) - 0.5 else { continue }
      for (row, part) in parts.enumerated() { matrix[row * output + column] = part / total }
    }
    return matrix
  }
}

extension Tensor {
  /// Images `[batch, height, width, channels]` (or one image without a batch) of another size.
  ///
  /// - Parameter antialias: whether shrinking averages over all pixels that fall into one.
  public func resize(
    height: Int, width: Int, interpolation: Interpolation = .bilinear, antialias: Bool = false,
    dataFormat: DataFormat = .channelsLast
  ) -> Tensor {
    guard rank == 3 || rank == 4, height > 0, width > 0, height < 1 << 20, width < 1 << 20 else {
      return rejected(
        "resize",
        "takes one image or a batch of them and a positive size, found \(describe(partialShape)) "
          + "and \(height) × \(width)")
    }
    let config: Config = [
      "size": JSONValue([height, width]), "interpolation": .string(interpolation.rawValue),
      "antialias": .bool(antialias), "data_format": .string(dataFormat.rawValue),
    ]
    let rows = dataFormat == .channelsLast ? rank - 3 : rank - 2
    return unary("Resize", config) { input in
      let x = input.floating
      let resized = [(rows, height), (rows + 1, width)].reduce(x) { image, target in
        let (axis, extent) = target
        // One that failed has no axes.
        guard axis < image.rank, image.shape[axis] != extent else { return image }
        let source = image.shape[axis]
        if Swift.max(source, extent) > 4096, let problem = TableLimit.problem(source, extent) {
          return image.failed("resize", problem)
        }
        let values = interpolation.weights(from: image.shape[axis], to: extent, antialias: antialias)
        let matrix = image.builder.vector(values, image.dtype).reshape([image.shape[axis], extent])
        let product = image.dot(matrix, DotDimensions(leftContracting: [axis], rightContracting: [0]))
        var order = Array((0..<image.rank).dropLast())
        order.insert(image.rank - 1, at: axis)
        return product.transpose(order)
      }
      guard input.dtype.isInteger else { return resized }
      return resized.unary(.roundToEven).converted(to: input.dtype)
    }
  }

  /// Blocks of channels as blocks of pixels: channels become `blockSize`² times fewer.
  public func depthToSpace(_ blockSize: Int, dataFormat: DataFormat = .channelsLast) -> Tensor {
    let config: Config = ["block_size": JSONValue(blockSize), "data_format": .string(dataFormat.rawValue)]
    let channels = shape[dataFormat == .channelsLast ? 3 : 1]
    guard rank == 4, blockSize > 0, blockSize < 1 << 15, channels % (blockSize * blockSize) == 0 else {
      return rejected("depth_to_space", "blocks of \(blockSize) do not fit shape \(describe(partialShape))")
    }
    return composed("DepthToSpace", config) { operands in
      let x = dataFormat == .channelsLast ? operands[0] : operands[0].channelsMovedLast()
      let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3] / (blockSize * blockSize))
      let blocks = x.reshape([n, h, w, blockSize, blockSize, c]).transpose([0, 1, 3, 2, 4, 5])
      let y = blocks.reshape([n, h * blockSize, w * blockSize, c])
      return dataFormat == .channelsLast ? y : y.channelsMovedFirst()
    }
  }

  /// Blocks of pixels as blocks of channels: channels become `blockSize`² times more.
  public func spaceToDepth(_ blockSize: Int, dataFormat: DataFormat = .channelsLast) -> Tensor {
    let config: Config = ["block_size": JSONValue(blockSize), "data_format": .string(dataFormat.rawValue)]
    let (h, w) = dataFormat == .channelsLast ? (shape[1], shape[2]) : (shape[2], shape[3])
    guard rank == 4, blockSize > 0, h % blockSize == 0, w % blockSize == 0 else {
      return rejected("space_to_depth", "blocks of \(blockSize) do not fit shape \(describe(partialShape))")
    }
    return composed("SpaceToDepth", config) { operands in
      let x = dataFormat == .channelsLast ? operands[0] : operands[0].channelsMovedLast()
      let (n, h, w, c) = (x.shape[0], x.shape[1] / blockSize, x.shape[2] / blockSize, x.shape[3])
      let blocks = x.reshape([n, h, blockSize, w, blockSize, c]).transpose([0, 1, 3, 2, 4, 5])
      let y = blocks.reshape([n, h, w, blockSize * blockSize * c])
      return dataFormat == .channelsLast ? y : y.channelsMovedFirst()
    }
  }
}
