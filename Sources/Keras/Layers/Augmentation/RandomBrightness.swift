import ModelFiles

/// In training, adds to each image a part of the value range, an amount of its own.
/// Source: `keras.layers.RandomBrightness`.
public final class RandomBrightness: ImageAugmentation, ConfigConstructible, @unchecked Sendable {
  public let factor: AmountRange
  /// The least and the greatest value of a pixel, which the result keeps to.
  public let valueRange: [Double]

  /// - Parameters:
  ///   - factor: limits of the amount as a part of the value range, from −1 to 1.
  ///   - valueRange: the least and the greatest value of a pixel.
  public init(
    _ factor: AmountRange, valueRange: [Double] = [0, 255], seed: Int? = nil,
    dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.factor = factor
    self.valueRange = valueRange.sorted()
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
      .further, "x + a random part of the value range, in training", example: "RandomBrightness(0.2)",
      arguments: ["factor": 0.2], inputs: [[nil, 32, 32, 3]])
  }

  public override var config: Config {
    super.config.merging(["factor": factor.pair, "value_range": .array(valueRange.map { .number($0) })])
  }
  override var convertsInInference: Bool { false }

  override func augmented(_ images: Tensor, _ random: (AmountRange) -> Tensor) -> Tensor {
    let change = random(factor) * (valueRange[1] - valueRange[0])
    return (images + change.reshape([images.shape[0], 1, 1, 1]).asType(images.dtype))
      .clip(valueRange[0], valueRange[1])
  }
}
