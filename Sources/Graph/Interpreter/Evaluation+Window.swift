extension Evaluation {
  /// A convolution or one of its two gradients: all three sum the same products, of input, kernel and output elements.
  func convolution() -> DenseTensor {
    let (a, b) = (inputs[0].floats, inputs[1].floats)
    var result = [Double](repeating: 0, count: types[0].shape.elementCount)
    switch op {
    case .convolution(let convolution):
      convolution.forEachProduct(inputs[0].shape, inputs[1].shape, types[0].shape) { result[$2] += a[$0] * b[$1] }
    case .convolutionInputGradient(let convolution, let input):
      convolution.forEachProduct(input, inputs[1].shape, inputs[0].shape) { result[$0] += a[$2] * b[$1] }
    default:
      guard case .convolutionKernelGradient(let convolution, let kernel) = op else { break }
      convolution.forEachProduct(inputs[0].shape, kernel, inputs[1].shape) { result[$1] += a[$0] * b[$2] }
    }
    return DenseTensor(types[0], result)
  }

  func pool(_ pooling: Pooling) -> [DenseTensor] {
    let x = inputs[0]
    let channels = x.shape[-1]
    let windows = pooling.windows(input: x.shape, output: types[0].shape)
    if pooling.kind == .average {
      let values = x.floats
      let means = windows.flatMap { window in
        (0..<channels).map { c in
          window.isEmpty ? 0 : window.reduce(0) { $0 + values[$1.place * channels + c] } / Double(window.count)
        }
      }
      return [
        x.dtype.isFloatingPoint ? DenseTensor(types[0], means) : DenseTensor(types[0], means.map { Int64($0) })
      ]
    }
    var places: [Int?] = []
    var positions: [Int64] = []
    let values = x.floats
    for window in windows {
      for c in 0..<channels {
        var best: (place: Int, position: Int)?
        for tap in window {
          let place = tap.place * channels + c
          if let current = best {
            let (a, b) = (values[place], values[current.place])
            guard !b.isNaN, a > b || a.isNaN else { continue }
          }
          best = (place, tap.position)
        }
        places.append(best?.place)
        positions.append(Int64(best?.position ?? 0))
      }
    }
    let lowest = DenseTensor(TensorType(x.dtype, .scalar), lowestOf: x.dtype)
    return [x.taking(places, as: types[0].shape, padding: lowest), DenseTensor(types[1], positions)]
  }

  func poolGradient(_ pooling: Pooling) -> DenseTensor {
    let gradient = inputs[inputs.count - 1]
    let channels = gradient.shape[-1]
    let values = gradient.floats
    let positions = pooling.kind == .maximum ? inputs[0].integers : []
    var result = [Double](repeating: 0, count: types[0].shape.elementCount)
    for (output, window) in pooling.windows(input: types[0].shape, output: gradient.shape).enumerated() {
      for tap in window {
        for c in 0..<channels {
          let source = output * channels + c
          switch pooling.kind {
          case .average: result[tap.place * channels + c] += values[source] / Double(window.count)
          case .maximum:
            if positions[source] == Int64(tap.position) { result[tap.place * channels + c] += values[source] }
          }
        }
      }
    }
    return types[0].dtype.isFloatingPoint
      ? DenseTensor(types[0], result) : DenseTensor(types[0], result.map { Int64($0) })
  }
}

extension DenseTensor {
  /// The scalar that no element is less than.
  fileprivate init(_ type: TensorType, lowestOf dtype: DType) {
    self =
      dtype.isFloatingPoint
      ? DenseTensor(type, [-Double.infinity]) : DenseTensor(type, [dtype.integerRange.lowest])
  }
}

extension Convolution {
  /// Calls `body` with the places of the input, the kernel and the output element of every product of the sum.
  fileprivate func forEachProduct(_ input: Shape, _ kernel: Shape, _ output: Shape, _ body: (Int, Int, Int) -> Void) {
    let rank = spatialRank
    let (inputChannels, outputChannels) = (kernel[-2], kernel[-1])
    let groupOutputs = outputChannels / groups
    let inputPixels = Shape(Array(input.dimensions.dropLast()))
    let outputPixels = Shape(Array(output.dimensions.dropLast()))
    let window = Shape(Array(kernel.dimensions.prefix(rank)))
    for (outputPixel, coordinate) in outputPixels.coordinates.enumerated() {
      for (tap, offset) in window.coordinates.enumerated() {
        let source = (0..<rank).map { axis -> Int in
          let first = coordinate[axis + 1] * strides[axis] - paddingLow[axis]
          return first + offset[axis] * dilations[axis]
        }
        guard (0..<rank).allSatisfy({ source[$0] >= 0 && source[$0] < input[$0 + 1] }) else { continue }
        let inputPixel = inputPixels.place([coordinate[0]] + source)
        for outputChannel in 0..<outputChannels {
          let firstInput = outputChannel / groupOutputs * inputChannels
          for channel in 0..<inputChannels {
            body(
              inputPixel * input[-1] + firstInput + channel,
              (tap * inputChannels + channel) * outputChannels + outputChannel,
              outputPixel * outputChannels + outputChannel)
          }
        }
      }
    }
  }
}

extension Pooling {
  /// For every output pixel, the input pixels under its window and their positions inside it; padding is left out.
  fileprivate func windows(input: Shape, output: Shape) -> [[(place: Int, position: Int)]] {
    let rank = window.count
    let pixels = Shape(Array(input.dimensions.dropLast()))
    let taps = Shape(window).coordinates
    return Shape(Array(output.dimensions.dropLast())).coordinates.map { coordinate in
      taps.enumerated().compactMap { position, offset in
        let source = (0..<rank).map { axis -> Int in
          coordinate[axis + 1] * strides[axis] - paddingLow[axis] + offset[axis]
        }
        guard (0..<rank).allSatisfy({ source[$0] >= 0 && source[$0] < input[$0 + 1] }) else { return nil }
        return (pixels.place([coordinate[0]] + source), position)
      }
    }
  }
}
