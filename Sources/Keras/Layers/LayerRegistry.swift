import ModelFiles

/// The layers that files can name, by Keras's class names.
enum LayerRegistry {
  static let classes = Registry<Layer>(
    "layer",
    [
      InputLayer.self, Dense.self, Activation.self, Dropout.self, Flatten.self,
      Conv1D.self, Conv2D.self, Conv3D.self,
      MaxPooling1D.self, MaxPooling2D.self, MaxPooling3D.self,
      AveragePooling1D.self, AveragePooling2D.self, AveragePooling3D.self,
      BatchNormalization.self,
      Lambda.self, Identity.self, ActivityRegularization.self,
      ReLU.self, LeakyReLU.self, PReLU.self, ELU.self, Softmax.self, ThresholdedReLU.self,
      Add.self, Subtract.self, Multiply.self, Average.self, Maximum.self, Minimum.self, Concatenate.self, Dot.self,
      GaussianNoise.self, GaussianDropout.self, AlphaDropout.self,
      SpatialDropout1D.self, SpatialDropout2D.self, SpatialDropout3D.self,
      Rescaling.self, Normalization.self, CategoryEncoding.self, Discretization.self, Resizing.self, CenterCrop.self,
      RNN.self, SimpleRNN.self, GRU.self, LSTM.self, ConvLSTM1D.self, ConvLSTM2D.self, ConvLSTM3D.self,
      SimpleRNNCell.self, GRUCell.self, LSTMCell.self, ConvLSTMCell.self, StackedRNNCells.self,
      Bidirectional.self, TimeDistributed.self, Embedding.self, ReversibleEmbedding.self, Masking.self,
      EinsumDense.self, Attention.self, AdditiveAttention.self, MultiHeadAttention.self, GroupQueryAttention.self,
    ])

  /// Arguments of older Keras versions that no longer mean anything.
  private static let obsolete: Set<String> = [
    "batch_input_shape", "batch_shape", "sparse", "ragged", "registered_name", "activity_regularizer",
    "implementation", "time_major", "input_length", "flash_attention",
  ]

  /// The layer that a file describes.
  ///
  /// - Throws: `KerasError` where class or an argument is unknown or makes no sense.
  static func make(_ className: String, _ config: Config) throws -> Layer {
    let layer = try classes.make(className, config)
    if let error = layer.deferredError { throw error }
    let reader = ConfigReader(config, of: className)
    layer.trainable = try reader.bool("trainable", default: true)
    let known = layer.config.merging(layer.baseConfig)
    for key in config.keys where known[key] == nil && !obsolete.contains(key) {
      throw reader.error(key, "is not an argument of \(className)")
    }
    return layer
  }
}

extension ConfigReader {
  public var name: String? { value("name")?.string }

  /// The layer's element types: a name, or the object that Keras 3 writes.
  public func dtypePolicy() throws -> DTypePolicy {
    guard let member = value("dtype") else { return .float32 }
    let name = member.string ?? member["config"]?["name"]?.string ?? ""
    guard let policy = DTypePolicy(named: name) else { throw error("dtype", "is no known dtype policy: \(member)") }
    return policy
  }
}
