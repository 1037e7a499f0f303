import ModelFiles

/// In training, enlarges or shrinks each image about its middle by factors of its own: 1 + `heightFactor` of the image's
/// height are shown, so that a negative factor zooms in. Source: `keras.layers.RandomZoom`.
public final class RandomZoom: AffineAugmentation, ConfigConstructible, @unchecked Sendable {
  public let heightFactor: AmountRange
  /// `nil`: the same factor as of the height, so that images keep their aspect ratio.
  public let widthFactor: AmountRange?

  /// - Parameters:
  ///   - heightFactor: limits from above −1 to 1.
  ///   - widthFactor: likewise; the same as the height's by default.
  ///   - fillMode: what lies beyond the border.
  ///   - interpolation: `.bilinear` or `.nearest`.
  ///   - fillValue: what lies beyond the border with `.constant`.
  public init(
    _ heightFactor: AmountRange, widthFactor: AmountRange? = nil, fillMode: FillMode = .reflect,
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
    widthFactor = try reader.optionalAmount("width_factor")
    try super.init(reading: reader)
    checkFactors()
  }

  private func checkFactors() {
    requireAmount("height_factor", heightFactor, from: -1.0.nextUp)
    if let widthFactor { requireAmount("width_factor", widthFactor, from: -1.0.nextUp) }
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x enlarged or shrunk at random, in training", example: "RandomZoom(0.2)",
      arguments: ["height_factor": 0.2], inputs: [[nil, 32, 32, 3]])
  }

  public override var config: Config {
    super.config.merging([
      "height_factor": heightFactor.serialized, "width_factor": widthFactor?.serialized ?? nil,
    ])
  }

  override func augmented(_ images: Tensor, _ random: (AmountRange) -> Tensor) -> Tensor {
    let high = random(heightFactor) + 1
    let wide = widthFactor.map { random($0) + 1 } ?? high
    let (x, y) = (Double(images.shape[2] - 1) / 2, Double(images.shape[1] - 1) / 2)
    return moved(images, wide, wide * 0, (1 - wide) * x, high * 0, high, (1 - high) * y)
  }
}
