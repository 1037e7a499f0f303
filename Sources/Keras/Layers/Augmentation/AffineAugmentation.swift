import ModelFiles

/// What the layers that move pixels share: how places between pixels and beyond the border are read.
public class AffineAugmentation: ImageAugmentation, @unchecked Sendable {
  public let fillMode: FillMode
  /// `.bilinear` or `.nearest`.
  public let interpolation: Interpolation
  /// What lies beyond the border with the fill mode `.constant`.
  public let fillValue: Double

  init(
    fillMode: FillMode, interpolation: Interpolation, fillValue: Double, seed: Int?, dataFormat: DataFormat,
    name: String?, dtype: DTypePolicy
  ) {
    self.fillMode = fillMode
    self.interpolation = interpolation
    self.fillValue = fillValue
    super.init(dataFormat: dataFormat, seed: seed, name: name, dtype: dtype)
    checkInterpolation()
  }

  init(reading reader: ConfigReader) throws {
    fillMode = try reader.choice("fill_mode", default: .reflect)
    interpolation = try reader.choice("interpolation", default: .bilinear)
    fillValue = try reader.double("fill_value", default: 0)
    super.init(
      dataFormat: try reader.choice("data_format", default: .channelsLast), seed: try reader.optionalInt("seed"),
      name: reader.name, dtype: try reader.dtypePolicy())
    checkInterpolation()
  }

  private func checkInterpolation() {
    if ![.nearest, .bilinear].contains(interpolation) {
      reject("interpolation", "must be \"nearest\" or \"bilinear\", found \"\(interpolation.rawValue)\"")
    }
  }

  public override var config: Config {
    super.config.merging([
      "fill_mode": .string(fillMode.rawValue), "interpolation": .string(interpolation.rawValue),
      "fill_value": .number(fillValue),
    ])
  }

  /// The images read at `(a·x + b·y + c, d·x + e·y + f)`, each parameter `[batch, 1]`.
  func moved(_ images: Tensor, _ a: Tensor, _ b: Tensor, _ c: Tensor, _ d: Tensor, _ e: Tensor, _ f: Tensor) -> Tensor {
    images.affineTransformed(
      by: concatenate([a, b, c, d, e, f], axis: 1), bilinear: interpolation == .bilinear, fillMode: fillMode,
      fillValue: fillValue)
  }
}
