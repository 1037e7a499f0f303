import ModelFiles

/// In training, shifts each image by amounts of its own. Source: `keras.layers.RandomTranslation`.
public final class RandomTranslation: AffineAugmentation, ConfigConstructible, @unchecked Sendable {
  /// As a part of the height, positive downward.
  public let heightFactor: AmountRange
  /// As a part of the width, positive to the right.
  public let widthFactor: AmountRange

  /// - Parameters:
  ///   - heightFactor: limits as a part of the height, from −1 to 1.
  ///   - widthFactor: limits as a part of the width, from −1 to 1.
  ///   - fillMode: what lies beyond the border.
  ///   - interpolation: `.bilinear` or `.nearest`.
  ///   - fillValue: what lies beyond the border with `.constant`.
  public init(
    _ heightFactor: AmountRange, _ widthFactor: AmountRange, fillMode: FillMode = .reflect,
    interpolation: Interpolation = .bilinear, seed: Int? = nil,
    fillValue: Double = 0, dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.heightFactor = heightFactor
    self.widthFactor = widthFactor
    super.init(
      fillMode: fillMode, interpolation: interpolation, fillValue: fillValue, seed: seed, dataFormat: dataFormat,
      name: name, dtype: dtype)
    checkFactors()
  }

  public init(from reader: ConfigReader) throws {
    heightFactor = try reader.amount("height_factor")
    widthFactor = try reader.amount("width_factor")
    try super.init(reading: reader)
    checkFactors()
  }

  private func checkFactors() {
    requireAmount("height_factor", heightFactor)
    requireAmount("width_factor", widthFactor)
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x shifted at random, in training", example: "RandomTranslation(0.1, 0.1)",
      arguments: ["height_factor": 0.1, "width_factor": 0.1], inputs: [[nil, 32, 32, 3]])
  }

  public override var config: Config {
    super.config.merging(["height_factor": heightFactor.serialized, "width_factor": widthFactor.serialized])
  }

  override func augmented(_ images: Tensor, _ random: (AmountRange) -> Tensor) -> Tensor {
    let down = random(heightFactor) * Double(images.shape[1])
    let right = random(widthFactor) * Double(images.shape[2])
    return moved(images, right * 0 + 1, right * 0, -right, down * 0, down * 0 + 1, -down)
  }
}
