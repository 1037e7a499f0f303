import ModelFiles

/// In training, mirrors each image with probability ½ — horizontally, vertically or in both directions at once.
/// Source: `keras.layers.RandomFlip`.
public final class RandomFlip: ImageAugmentation, ConfigConstructible, @unchecked Sendable {
  public enum Mode: String, Sendable, CaseIterable {
    case horizontal, vertical
    case horizontalAndVertical = "horizontal_and_vertical"
  }

  public let mode: Mode

  public init(
    _ mode: Mode = .horizontalAndVertical, seed: Int? = nil, dataFormat: DataFormat = .channelsLast,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.mode = mode
    super.init(dataFormat: dataFormat, seed: seed, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.choice("mode", default: .horizontalAndVertical), seed: try reader.optionalInt("seed"),
      dataFormat: try reader.choice("data_format", default: .channelsLast), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x or its mirror image, in training", example: "RandomFlip(.horizontal)",
      inputs: [[nil, 32, 32, 3]])
  }

  public override var config: Config { super.config.merging(["mode": .string(mode.rawValue)]) }

  override func augmented(_ images: Tensor, _ random: (AmountRange) -> Tensor) -> Tensor {
    let flipped = random(AmountRange(0, 1)).lessEqual(0.5).reshape([images.shape[0], 1, 1, 1])
    let axes = mode == .horizontal ? [2] : mode == .vertical ? [1] : [1, 2]
    return `where`(flipped, images.flip(axes), images)
  }
}
