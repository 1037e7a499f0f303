import Keras

extension Workload {
  /// The nine standard workloads, in their order.
  static let all = [
    Workload(name: "mlp", model: mlp, sample: [784], count: 12800, batch: 128),
    Workload(name: "cnn", model: cnn, sample: [28, 28, 1], count: 6400, batch: 128),
  ]

  @Sendable private static func mlp() -> Model {
    Sequential {
      Input(784)
      Dense(512, activation: .relu)
      Dropout(0.2)
      Dense(512, activation: .relu)
      Dropout(0.2)
      Dense(10, activation: .softmax)
    }
  }

  @Sendable private static func cnn() -> Model {
    Sequential {
      Input(28, 28, 1)
      Conv2D(32, kernelSize: 3, activation: .relu)
      MaxPooling2D()
      Conv2D(64, kernelSize: 3, activation: .relu)
      MaxPooling2D()
      Flatten()
      Dropout(0.5)
      Dense(10, activation: .softmax)
    }
  }
}
