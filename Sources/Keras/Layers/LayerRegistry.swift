import ModelFiles

/// The layers that files can name, by Keras's class names.
enum LayerRegistry {
  static let classes = Registry<Layer>(
    "layer",
    [
      InputLayer.self, Dense.self, Activation.self, Dropout.self,
      Conv1D.self, Conv2D.self, Conv3D.self,
      MaxPooling1D.self, MaxPooling2D.self, MaxPooling3D.self,
      AveragePooling1D.self, AveragePooling2D.self, AveragePooling3D.self,
      Lambda.self, Identity.self, ActivityRegularization.self,
      ReLU.self, LeakyReLU.self, PReLU.self, ELU.self, Softmax.self, ThresholdedReLU.self,
      Add.self, Subtract.self, Multiply.self, Average.self, Maximum.self, Minimum.self, Concatenate.self, Dot.self,
      GaussianNoise.self, GaussianDropout.self, AlphaDropout.self,
      SpatialDropout1D.self, SpatialDropout2D.self, SpatialDropout3D.self,
      Rescaling.self, Normalization.self, CategoryEncoding.self, Discretization.self, Resizing.self, CenterCrop.self,
      IntegerLookup.self,
      RNN.self, SimpleRNN.self, GRU.self, LSTM.self, ConvLSTM1D.self, ConvLSTM2D.self, ConvLSTM3D.self,
      SimpleRNNCell.self, GRUCell.self, LSTMCell.self, ConvLSTMCell.self, StackedRNNCells.self,
      Bidirectional.self, TimeDistributed.self, Embedding.self, ReversibleEmbedding.self, Masking.self,
      EinsumDense.self, Attention.self, AdditiveAttention.self, MultiHeadAttention.self, GroupQueryAttention.self,
      Flatten.self, Reshape.self, Permute.self, RepeatVector.self,
      ZeroPadding1D.self, ZeroPadding2D.self, ZeroPadding3D.self,
      Cropping1D.self, Cropping2D.self, Cropping3D.self,
      UpSampling1D.self, UpSampling2D.self, UpSampling3D.self,
      Conv1DTranspose.self, Conv2DTranspose.self, Conv3DTranspose.self,
      DepthwiseConv1D.self, DepthwiseConv2D.self, SeparableConv1D.self, SeparableConv2D.self,
      LocallyConnected1D.self, LocallyConnected2D.self,
      GlobalMaxPooling1D.self, GlobalMaxPooling2D.self, GlobalMaxPooling3D.self,
      GlobalAveragePooling1D.self, GlobalAveragePooling2D.self, GlobalAveragePooling3D.self,
      AdaptiveMaxPooling1D.self, AdaptiveMaxPooling2D.self, AdaptiveMaxPooling3D.self,
      AdaptiveAveragePooling1D.self, AdaptiveAveragePooling2D.self, AdaptiveAveragePooling3D.self,
      BatchNormalization.self, LayerNormalization.self, GroupNormalization.self, RMSNormalization.self,
      UnitNormalization.self, SpectralNormalization.self,
      RandomFlip.self, RandomRotation.self, RandomZoom.self, RandomTranslation.self, RandomContrast.self,
      RandomBrightness.self, RandomCrop.self, RandomHeight.self, RandomWidth.self,
      LayerScale.self, StochasticDepth.self, CustomScaleLayer.self,
    ], aliases: ["GroupedQueryAttention": "GroupQueryAttention"])

  /// The name of a class in Python, which the older `.h5` format has.
  static func pythonName(of className: String) -> String {
    let type = classes.types.first { $0.className == className } as? Layer.Type
    return type?.pythonName ?? className
  }

  /// Layers of Keras that run another framework's code, which a file must not choose.
  private static let foreign: Set<String> = ["JaxLayer", "FlaxLayer", "TFSMLayer", "TorchModuleWrapper"]

  /// The layer that a file describes.
  ///
  /// - Throws: `KerasError` where class or an argument is unknown or makes no sense.
  static func make(_ className: String, _ config: Config) throws -> Layer {
    let reader = ConfigReader(config, of: className)
    if foreign.contains(className), CustomObjects.type(named: className) == nil {
      throw KerasError(
        .unknownName, reader.subject,
        "runs code of another framework, which is never loaded from a file; rewrite it as a layer of your own and "
          + "register that with CustomObjects.register")
    }
    let reference = (classes.type(named: className) as? Layer.Type)?.reference
    for key in reference?.required ?? [] where config[key] == nil {
      throw reader.error(key, "is missing; the layer has no default for it")
    }
    let layer: Layer
    do {
      layer = try classes.make(className, config)
      if let error = layer.deferredError { throw error }
    } catch let error as KerasError where !error.subject.contains(className) {
      throw KerasError(error.kind, "\(reader.subject): \(error.subject)", error.message)
    }
    if layer.dtypePolicy.quantization != nil, !(layer is Quantizable) {
      throw reader.error("dtype", "is \(layer.dtypePolicy.name), but \(className) has no quantized form")
    }
    let trainable = try reader.bool("trainable", default: true)
    if layer is DenseRecurrentLayer { layer.trainable = trainable } else { layer.ownTrainable = trainable }
    let known = layer.config.merging(layer.baseConfig)
    if known["activity_regularizer"] == nil, let regularizer = try reader.regularizer("activity_regularizer") {
      layer.activityRegularizer = regularizer
    }
    for (key, value) in config where known[key] == nil {
      switch ObsoleteArguments.areHarmless(key, value, in: layer) {
      case true?: break
      case false?: throw reader.error(key, "has the value \(value.excerpt), which has no equal here")
      case nil:
        let near = namesNear(key, among: known.keys)
        let suggestion = near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
        throw reader.error(key, "is not an argument of \(className)" + suggestion)
      }
    }
    return layer
  }
}

extension ConfigReader {
  public var name: String? { value("name")?.string }
}
