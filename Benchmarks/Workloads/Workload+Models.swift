import Keras

extension Workload {
  /// The standard workloads, in their order.
  static let all = [
    Workload(name: "mlp", model: mlp, sample: [784], count: 12800, batch: 128),
    Workload(name: "cnn", model: cnn, sample: [28, 28, 1], count: 6400, batch: 128),
    Workload(name: "lstm", model: lstm, sample: [80], vocabulary: 20000, count: 1600, batch: 32, classes: 2),
    Workload(name: "gru", model: gru, sample: [80], vocabulary: 20000, count: 1600, batch: 32, classes: 2),
    Workload(
      name: "transformer", model: transformer, sample: [128], vocabulary: 20000, count: 960, batch: 32, classes: 2),
    Workload(name: "mobilenet", model: mobilenet, sample: [96, 96, 3], count: 320, batch: 32),
    Workload(name: "resnet20", model: resnet20, sample: [32, 32, 3], count: 1280, batch: 128),
    Workload(name: "convlstm", model: convlstm, sample: [8, 32, 32, 1], count: 160, batch: 16),
    Workload(name: "conv3d", model: conv3d, sample: [16, 32, 32, 1], count: 160, batch: 16),
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

  @Sendable private static func lstm() -> Model {
    Sequential {
      Input(shape: [80], dtype: .int32)
      Embedding(20000, 128)
      LSTM(128)
      Dense(1, activation: .sigmoid)
    }
  }

  @Sendable private static func gru() -> Model {
    Sequential {
      Input(shape: [80], dtype: .int32)
      Embedding(20000, 128)
      Bidirectional(GRU(64))
      Dense(1, activation: .sigmoid)
    }
  }

  @Sendable private static func transformer() throws -> Model {
    let input = Input(shape: [128], dtype: .int32)
    var h = Embedding(20000, 128)(input)
    for _ in 0..<2 {
      h = LayerNormalization()(Add()([h, MultiHeadAttention(numHeads: 4, keyDim: 32)(h, h)]))
      h = LayerNormalization()(Add()([h, Dense(128)(Dense(512, activation: .gelu)(h))]))
    }
    return try Model(inputs: [input], outputs: [Dense(2, activation: .softmax)(GlobalAveragePooling1D()(h))])
  }

  @Sendable private static func mobilenet() throws -> Model {
    func normalized(_ h: Tensor) -> Tensor { Activation(.relu)(BatchNormalization()(h)) }
    let input = Input(96, 96, 3)
    var h = normalized(Conv2D(32, kernelSize: 3, strides: 2, padding: .same, useBias: false)(input))
    for (filters, strides) in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)] {
      h = normalized(DepthwiseConv2D(kernelSize: 3, strides: [strides], padding: .same, useBias: false)(h))
      h = normalized(Conv2D(filters, kernelSize: 1, useBias: false)(h))
    }
    return try Model(inputs: [input], outputs: [Dense(10, activation: .softmax)(GlobalAveragePooling2D()(h))])
  }

  @Sendable private static func resnet20() throws -> Model {
    func convolution(_ h: Tensor, _ filters: Int, _ size: Int, _ strides: Int) -> Tensor {
      BatchNormalization()(
        Conv2D(filters, kernelSize: [size], strides: [strides], padding: size == 1 ? .valid : .same, useBias: false)(h))
    }
    func block(_ x: Tensor, _ filters: Int, _ strides: Int) -> Tensor {
      let h = convolution(Activation(.relu)(convolution(x, filters, 3, strides)), filters, 3, 1)
      let shortcut = strides != 1 || x.shape[-1] != filters ? convolution(x, filters, 1, strides) : x
      return Activation(.relu)(Add()([h, shortcut]))
    }
    let input = Input(32, 32, 3)
    var h = Activation(.relu)(convolution(input, 16, 3, 1))
    for (filters, strides) in [(16, 1), (16, 1), (16, 1), (32, 2), (32, 1), (32, 1), (64, 2), (64, 1), (64, 1)] {
      h = block(h, filters, strides)
    }
    return try Model(inputs: [input], outputs: [Dense(10, activation: .softmax)(GlobalAveragePooling2D()(h))])
  }

  @Sendable private static func convlstm() -> Model {
    Sequential {
      Input(8, 32, 32, 1)
      ConvLSTM2D(16, kernelSize: 3, padding: .same)
      GlobalAveragePooling2D()
      Dense(10, activation: .softmax)
    }
  }

  @Sendable private static func conv3d() -> Model {
    Sequential {
      Input(16, 32, 32, 1)
      Conv3D(16, kernelSize: 3, activation: .relu)
      MaxPooling3D()
      Conv3D(32, kernelSize: 3, activation: .relu)
      GlobalAveragePooling3D()
      Dense(10, activation: .softmax)
    }
  }
}
