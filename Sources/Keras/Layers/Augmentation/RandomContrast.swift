import ModelFiles

/// In training, multiplies the distance of each channel's pixels from the channel's mean by a factor that is the
/// image's own: 1 − the lower limit of `factor` to 1 + the upper one. Source: `keras.layers.RandomContrast`.
public final class RandomContrast: ValueAugmentation, @unchecked Sendable {
  /// `factor` has two limits, or the upper one, from 0 to 1.
  override class func usable(_ factor: AmountRange) -> AmountRange { factor.notBelow(0) }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "mean + factor · (x − mean), in training", example: "RandomContrast(0.2)",
      arguments: ["factor": 0.2], inputs: [[nil, 32, 32, 3]])
  }

  override func augmented(_ images: Tensor, _ random: (AmountRange) -> Tensor) -> Tensor {
    let scale = random(AmountRange(1 - factor.lower, 1 + factor.upper)).asType(images.dtype)
    let mean = images.mean(axis: [1, 2], keepDims: true)
    return ((images - mean) * scale.reshape([images.shape[0], 1, 1, 1]) + mean).clip(valueRange[0], valueRange[1])
  }
}
