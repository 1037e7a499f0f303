import ModelFiles

/// In training, multiplies the distance of each channel's pixels from the channel's mean by a factor that is the
/// image's own: 1 − the lower limit of `factor` to 1 + the upper one. Source: `keras.layers.RandomContrast`.
public final class RandomContrast: ImageAugmentation, ConfigConstructible, @unchecked Sendable {
  public let factor: AmountRange
  /// The least and the greatest value of a pixel, which the result keeps to.
  public let valueRange: [Double]

  /// - Parameters:
  ///   - factor: two limits, or the upper one, from 0 to 1.
  ///   - valueRange: the least and the greatest value of a pixel.
  public init(
    _ factor: AmountRange, valueRange: [Double] = [0, 255], seed: Int? = nil,
    dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.factor = factor.notBelow(0)
    self.valueRange = valueRange
    super.init(dataFormat: dataFormat, seed: seed, name: name, dtype: dtype)
    requireAmount("factor", factor)
    if valueRange.count != 2 { reject("value_range", "must hold two numbers, found \(valueRange)") }
  }

  public convenience init(_ reader: ConfigReader) throws {
    self.init(
      try reader.amount("factor"), valueRange: try reader.optionalDoubles("value_range") ?? [0, 255],
      seed: try reader.optionalInt("seed"), dataFormat: try reader.choice("data_format", default: .channelsLast),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "mean + factor · (x − mean), in training", example: "RandomContrast(0.2)",
      arguments: ["factor": 0.2], inputs: [[nil, 32, 32, 3]])
  }

  public override var config: Config {
    super.config.merging(["factor": factor.pair, "value_range": .array(valueRange.map { .number($0) })])
  }
  override var convertsInInference: Bool { false }

  override func augmented(_ images: Tensor, _ random: (AmountRange) -> Tensor) -> Tensor {
    let scale = random(AmountRange(1 - factor.lower, 1 + factor.upper)).asType(images.dtype)
    let mean = images.mean(axis: [1, 2], keepDims: true)
    return ((images - mean) * scale.reshape([images.shape[0], 1, 1, 1]) + mean).clip(valueRange[0], valueRange[1])
  }
}
