import ModelFiles

/// In training, turns each image about its middle by an angle of its own. Source: `keras.layers.RandomRotation`.
///
/// ```swift
/// RandomRotation(0.1)   // by up to 36° either way
/// ```
public final class RandomRotation: AffineAugmentation, ConfigConstructible, @unchecked Sendable {
  /// As a part of a full turn, positive counterclockwise.
  public let factor: AmountRange

  /// - Parameters:
  ///   - factor: limits of the angle, as a part of a full turn, from −1 to 1.
  ///   - fillMode: what lies beyond the border.
  ///   - interpolation: `.bilinear` or `.nearest`.
  ///   - fillValue: what lies beyond the border with `.constant`.
  public init(
    _ factor: AmountRange, fillMode: FillMode = .reflect, interpolation: Interpolation = .bilinear, seed: Int? = nil,
    fillValue: Double = 0, dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.factor = factor
    super.init(
      fillMode: fillMode, interpolation: interpolation, fillValue: fillValue, seed: seed, dataFormat: dataFormat,
      name: name, dtype: dtype)
    requireAmount("factor", factor)
  }

  public init(from reader: ConfigReader) throws {
    factor = try reader.amount("factor")
    try super.init(reading: reader)
    requireAmount("factor", factor)
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x turned by a random angle, in training", example: "RandomRotation(0.1)",
      arguments: ["factor": 0.1], inputs: [[nil, 32, 32, 3]])
  }

  public override var config: Config { super.config.merging(["factor": factor.pair]) }

  override func augmented(_ images: Tensor, _ random: (AmountRange) -> Tensor) -> Tensor {
    let angle = random(factor) * (2 * Double.pi)
    let (sine, cosine) = (angle.sin(), angle.cos())
    let (x, y) = (Double(images.shape[2] - 1) / 2, Double(images.shape[1] - 1) / 2)
    return moved(
      images, cosine, -sine, cosine * -x + sine * y + x, sine, cosine, sine * -x - cosine * y + y)
  }
}
