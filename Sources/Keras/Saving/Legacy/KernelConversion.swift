/// Kernels of convolutions as Keras 1, and Keras 2 on Theano, stored them.
struct KernelConversion {
  let layer: Layer
  let isKeras1: Bool
  let backend: String?

  func converted(_ arrays: [StoredArray]) -> [StoredArray] {
    guard let kernel = arrays.first, let expected = layer.weights.first?.shape.dimensions else { return arrays }
    let kernelCount: Int
    switch layer {
    case is Conv1D, is Conv2D, is Conv3D, is Conv2DTranspose: kernelCount = 1
    case is ConvLSTM2D: kernelCount = 2
    default: return arrays
    }
    var result = arrays
    result[0] = isKeras1 ? ofKeras1(kernel) : kernel
    for index in 0..<min(kernelCount, result.count) {
      if backend == "theano" { result[index] = flipped(result[index]) }
    }
    if result[0].shape != expected {
      for index in 0..<min(kernelCount, result.count) { result[index] = permuted(result[index], [3, 2, 0, 1]) }
    }
    return result
  }

  private func ofKeras1(_ kernel: StoredArray) -> StoredArray {
    switch layer {
    case let layer as Conv1D where kernel.shape.count == 4:
      let isOld = kernel.shape[0] != layer.kernelSize[0] || kernel.shape[1] != 1 || kernel.shape[3] != layer.filters
      let moved = isOld ? permuted(kernel, [2, 3, 1, 0]) : kernel
      guard moved.shape[1] == 1 else { return moved }
      let shape = [moved.shape[0], moved.shape[2], moved.shape[3]]
      return moved.changed(to: shape) { $0.reshape(shape) }
    case let layer as Conv2D where layer.options.dataFormat == .channelsFirst: return permuted(kernel, [2, 3, 1, 0])
    case let layer as Conv2DTranspose:
      return permuted(kernel, layer.options.dataFormat == .channelsFirst ? [2, 3, 0, 1] : [0, 1, 3, 2])
    case let layer as Conv3D where layer.options.dataFormat == .channelsFirst: return permuted(kernel, [2, 3, 4, 1, 0])
    default: return kernel
    }
  }

  /// Theano turned a kernel around in every spatial axis before it multiplied.
  private func flipped(_ kernel: StoredArray) -> StoredArray {
    guard kernel.shape.count > 2 else { return kernel }
    return kernel.changed(to: kernel.shape) { $0.flip(Array(0..<(kernel.shape.count - 2))) }
  }

  private func permuted(_ kernel: StoredArray, _ order: [Int]) -> StoredArray {
    guard kernel.shape.count == order.count else { return kernel }
    return kernel.changed(to: order.map { kernel.shape[$0] }) { $0.transpose(order) }
  }
}
