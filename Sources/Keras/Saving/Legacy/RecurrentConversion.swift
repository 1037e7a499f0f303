/// Weights of recurrent layers as Keras 1 and cuDNN's layers of Keras 2 stored them.
struct RecurrentConversion {
  let layer: Layer
  let isKeras1: Bool

  /// How many arrays Keras 1 kept for each of today's, one a gate.
  static func gateCount(of layer: Layer) -> Int? {
    switch layer {
    case is LSTM, is ConvLSTM2D: 4
    case is GRU: 3
    default: nil
    }
  }

  func converted(_ arrays: [StoredArray]) -> [StoredArray] {
    guard let gateCount = Self.gateCount(of: layer) else { return arrays }
    if isKeras1, arrays.count == 3 * gateCount { return ofKeras1(arrays, gateCount) }
    guard !(layer is ConvLSTM2D), arrays.count == 3, arrays[0].shape.count == 2, arrays[1].shape.count == 2 else {
      return arrays
    }
    let (width, biases) = (arrays[0].shape[1], arrays[2].shape)
    let isCuDNN = biases.count == 1 && biases[0] % 2 == 0 && biases[0] / 2 == width && width % gateCount == 0
    return isCuDNN && arrays[1].shape == [width / gateCount, width]
      ? ofCuDNN(arrays, gateCount, width / gateCount) : arrays
  }

  /// Keras 1 kept kernel, recurrent kernel and bias of each gate on its own, an LSTM's in the order i, c, f, o.
  private func ofKeras1(_ arrays: [StoredArray], _ gateCount: Int) -> [StoredArray] {
    let order = gateCount == 4 ? [0, 2, 1, 3] : [0, 1, 2]
    return (0..<3).map { part in
      let gates = order.map { channelsLast(arrays[3 * $0 + part]) }
      var shape = gates[0].shape
      guard gates.allSatisfy({ $0.shape == shape }), let last = shape.popLast(), last < Int.max / gateCount else {
        return gates[0]
      }
      return StoredArray(name: gates[0].name, shape: shape + [gateCount * last]) {
        concatenate(try gates.map { try $0.tensor() }, axis: -1)
      }
    }
  }

  /// Keras 1 stored kernels of channels-first layers as `[filters, channels, window…]`.
  private func channelsLast(_ kernel: StoredArray) -> StoredArray {
    guard let layer = layer as? ConvLSTM2D, layer.dataFormat == .channelsFirst, kernel.shape.count == 4 else {
      return kernel
    }
    return kernel.changed(to: [2, 3, 1, 0].map { kernel.shape[$0] }) { $0.transpose([2, 3, 1, 0]) }
  }

  /// cuDNN keeps each gate's kernels transposed, and a bias for the input and another for the state.
  private func ofCuDNN(_ arrays: [StoredArray], _ gateCount: Int, _ units: Int) -> [StoredArray] {
    let inputs = arrays[0].shape[0]
    func gates(_ kernel: Tensor, _ change: (Tensor) -> Tensor) -> Tensor {
      let parts = (0..<gateCount).map { kernel.slice(axis: 1, ($0 * units)..<(($0 + 1) * units)) }
      return concatenate(parts.map(change), axis: 1)
    }
    let kernel = arrays[0].changed(to: arrays[0].shape) {
      gates($0) { $0.reshape([units, inputs]).transpose([1, 0]) }
    }
    let recurrent = arrays[1].changed(to: arrays[1].shape) { gates($0) { $0.transpose([1, 0]) } }
    let biasShape = gateCount == 3 ? [2, gateCount * units] : [gateCount * units]
    let bias = arrays[2].changed(to: biasShape) {
      let halves = $0.reshape([2, gateCount * units])
      return gateCount == 3 ? halves : halves.sum(axis: [0])
    }
    return [kernel, recurrent, bias]
  }
}
