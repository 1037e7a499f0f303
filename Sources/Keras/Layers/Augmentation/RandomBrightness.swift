import ModelFiles

/// In training, adds to each image a part of the value range, an amount of its own.
/// Source: `keras.layers.RandomBrightness`.
public final class RandomBrightness: ValueAugmentation, @unchecked Sendable {
  /// `factor` has limits from −1 to 1.
  override class func usable(_ valueRange: [Double]) -> [Double] { valueRange.sorted() }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x + a random part of the value range, in training", example: "RandomBrightness(0.2)",
      arguments: ["factor": 0.2], inputs: [[nil, 32, 32, 3]])
  }

  override func augmented(_ images: Tensor, _ random: (AmountRange) -> Tensor) -> Tensor {
    let change = random(factor) * (valueRange[1] - valueRange[0])
    return (images + change.reshape([images.shape[0], 1, 1, 1]).asType(images.dtype))
      .clip(valueRange[0], valueRange[1])
  }
}
