import ModelFiles

/// Arguments in files that a layer's class does not have: those of other Keras versions, at the values that change
/// nothing.
enum ObsoleteArguments {
  /// Whether leaving out the argument changes nothing. `nil` where no version of the class has it.
  static func areHarmless(_ key: String, _ value: JSONValue, in layer: Layer) -> Bool? {
    switch key {
    // What every layer takes, also where its class does not write it.
    case "name", "trainable", "dtype", "registered_name", "activity_regularizer": true
    case "autocast": value.isNull || value == true
    case "dynamic": value.isNull || value == false
    // Shapes and types that the layer before, or the model's own list, gives as well.
    case "batch_input_shape", "batch_shape", "input_shape", "input_dtype": true
    default: isHarmlessOfClass(key, value, layer)
    }
  }

  private static func isHarmlessOfClass(_ key: String, _ value: JSONValue, _ layer: Layer) -> Bool? {
    switch (key, layer) {
    // Another form of the same numbers; inputs are dense here.
    case ("sparse", is InputLayer), ("ragged", is InputLayer), ("sparse", is CategoryEncoding),
      ("sparse", is Discretization), ("sparse", is IntegerLookup):
      true
    // The form of gradients, and a check of the input's length.
    case ("sparse", is BaseEmbedding), ("input_length", is BaseEmbedding): true
    // Ways to compute the same.
    case ("implementation", is RecurrentLayer), ("implementation", is RecurrentCell): value.isNull || value.int != nil
    case ("flash_attention", is ProjectedAttention), ("fused", is BatchNormalization): true
    case ("rng_type", _): value.isNull || value.string != nil
    case ("time_major", is BaseConvLSTM): true
    case ("time_major", is RecurrentLayer): value.isNull || value == false
    // Arguments that these layers of Keras 2 take and never look at.
    case ("groups", is BaseTransposedConvolution), ("groups", is BaseDepthwiseConvolution),
      ("groups", is BaseSeparableConvolution), ("noise_shape", is BaseSpatialDropout):
      true
    case ("kernel_initializer", is BaseSeparableConvolution), ("kernel_regularizer", is BaseSeparableConvolution),
      ("kernel_constraint", is BaseSeparableConvolution):
      true
    // What they say is known from the files' version.
    case ("softmax_robust_masking", is ProjectedAttention), ("robust_masking", is Softmax): value.bool != nil
    // Follows from the kernel's shape.
    case ("gptq_unpacked_column_size", is EinsumDense): true
    // Shapes for which the layer was built.
    case ("query_shape", is ProjectedAttention), ("key_shape", is ProjectedAttention),
      ("value_shape", is ProjectedAttention):
      true
    default: nil
    }
  }
}
