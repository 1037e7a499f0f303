import Graph

extension TrainingGraph {
  static let mlp = TrainingGraph(
    name: "mlp", input: TensorType(.float32, [128, 784]),
    weights: [[784, 512], [512], [512, 512], [512], [512, 10], [10]]
  ) { x, w, key in
    let first = x.dense(w[0], w[1]).relu().dropout(0.2, key)
    let second = first.dense(w[2], w[3]).relu().dropout(0.2, key)
    return second.dense(w[4], w[5])
  }

  static let cnn = TrainingGraph(
    name: "cnn", input: TensorType(.float32, [128, 28, 28, 1]),
    weights: [[3, 3, 1, 32], [32], [3, 3, 32, 64], [64], [1600, 10], [10]]
  ) { x, w, key in
    let first = x.conv2D(w[0], w[1]).relu().maxPool2D()
    let second = first.conv2D(w[2], w[3]).relu().maxPool2D()
    return second.reshape([x.shape[0], 1600]).dropout(0.5, key).dense(w[4], w[5])
  }

  static let lstm = TrainingGraph(
    name: "lstm", input: TensorType(.int32, [32, 80]),
    weights: [[20000, 128], [128, 512], [128, 512], [512], [128, 2], [2]]
  ) { x, w, _ in
    let embedded = w[0].gather(x.transpose([1, 0]))
    let projection = embedded.matmul(w[1]) + w[3]
    let zero = x.builder.full(0, TensorType(.float32, [x.shape[0], 128]))
    let layer = projection.recurrent(Recurrent(.lstm), initial: [zero, zero], recurrentKernel: w[2])
    return layer.states[0].dense(w[4], w[5])
  }

  static let transformer = TrainingGraph(
    name: "transformer", input: TensorType(.int32, [32, 128]),
    weights: [[20000, 128]] + (0..<2).flatMap { _ in transformerBlock } + [[128, 2], [2]]
  ) { x, w, _ in
    var h = w[0].gather(x)
    for block in 0..<2 {
      let p = Array(w[(1 + block * transformerBlock.count)...])
      h = (h + h.attention(heads: 4, Array(p[0..<4]))).layerNormalization(scale: p[4], offset: p[5], epsilon: 1e-3)
      let inner = h.dense(p[6], p[7])
      let gelu = inner * ((inner * 0.7071067811865476).unary(.errorFunction) + 1) * 0.5
      h = (h + gelu.dense(p[8], p[9])).layerNormalization(scale: p[10], offset: p[11], epsilon: 1e-3)
    }
    return h.mean(axes: [1]).dense(w[w.count - 2], w[w.count - 1])
  }

  private static let transformerBlock: [Shape] = [
    [128, 128], [128, 128], [128, 128], [128, 128], [128], [128], [128, 512], [512], [512, 128], [128], [128], [128],
  ]

  static let mobilenet = TrainingGraph(
    name: "mobilenet", input: TensorType(.float32, [32, 96, 96, 3]),
    weights: [[3, 3, 3, 32], [32], [32]]
      + mobilenetBlocks.flatMap { from, to, _ -> [Shape] in
        [[3, 3, 1, from], [from], [from], [1, 1, from, to], [to], [to]]
      } + [[512, 10], [10]]
  ) { x, w, _ in
    var h = x.conv2D(w[0], strides: 2, same: true).normalized(w[1], w[2])
    for (index, (from, _, stride)) in mobilenetBlocks.enumerated() {
      let p = Array(w[(3 + 6 * index)...])
      h = h.conv2D(p[0], strides: stride, same: true, groups: from).normalized(p[1], p[2])
      h = h.conv2D(p[3]).normalized(p[4], p[5])
    }
    return h.mean(axes: [1, 2]).dense(w[w.count - 2], w[w.count - 1])
  }

  private static let mobilenetBlocks = [
    (32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1),
  ]

  static let conv3d = TrainingGraph(
    name: "conv3d", input: TensorType(.float32, [16, 16, 32, 32, 1]),
    weights: [[3, 3, 3, 1, 16], [16], [3, 3, 3, 16, 32], [32], [32, 10], [10]]
  ) { x, w, _ in
    let plain = Convolution(strides: [1, 1, 1], paddingLow: [0, 0, 0], paddingHigh: [0, 0, 0], dilations: [1, 1, 1])
    let first = (x.convolution(w[0], plain) + w[1]).relu().pool(
      Pooling(.maximum, window: [2, 2, 2], strides: [2, 2, 2], paddingLow: [0, 0, 0], paddingHigh: [0, 0, 0]))
    let second = (first.convolution(w[2], plain) + w[3]).relu()
    return second.mean(axes: [1, 2, 3]).dense(w[4], w[5])
  }

  static let all = [mlp, cnn, lstm, transformer, mobilenet, conv3d]
}

extension Expression {
  /// Batch normalisation and a rectified linear unit.
  fileprivate func normalized(_ scale: Expression, _ offset: Expression) -> Expression {
    batchNormalization(scale: scale, offset: offset, epsilon: 1e-3).y.relu()
  }

  /// Multi-head self-attention without biases; weights of queries, keys, values and the output.
  fileprivate func attention(heads: Int, _ weights: [Expression]) -> Expression {
    let (samples, length, width) = (shape[0], shape[1], shape[2])
    let size = width / heads
    func split(_ weight: Expression) -> Expression {
      matmul(weight).reshape([samples, length, heads, size]).transpose([0, 2, 1, 3])
    }
    let (q, k, v) = (split(weights[0]), split(weights[1]), split(weights[2]))
    let scores = (q.matmul(k.transpose([0, 1, 3, 2])) * (1 / Double(size).squareRoot())).softmax()
    return scores.matmul(v).transpose([0, 2, 1, 3]).reshape(shape).matmul(weights[3])
  }
}
