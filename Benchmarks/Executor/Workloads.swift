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

  static let all = [mlp, cnn, lstm]
}
