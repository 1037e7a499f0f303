import ModelFiles

/// What the layers that change the values of pixels share: a factor, and the values that the result keeps to.
public class ValueAugmentation: ImageAugmentation, ConfigConstructible, @unchecked Sendable {
  public let factor: AmountRange
  /// The least and the greatest value of a pixel, which the result keeps to.
  public let valueRange: [Double]

  /// - Parameters:
  ///   - factor: limits of the amount.
  ///   - valueRange: the least and the greatest value of a pixel.
  public required init(
    _ factor: AmountRange, valueRange: [Double] = [0, 255], seed: Int? = nil,
    dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.factor = Self.usable(factor)
    self.valueRange = Self.usable(valueRange)
    super.init(dataFormat: dataFormat, seed: seed, name: name, dtype: dtype)
    requireAmount("factor", factor)
    if valueRange.count != 2 { reject("value_range", "must hold two numbers, found \(valueRange)") }
  }

  public required convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.amount("factor"), valueRange: try reader.optionalDoubles("value_range") ?? [0, 255],
      seed: try reader.optionalInt("seed"), dataFormat: try reader.choice("data_format", default: .channelsLast),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  /// The factor as the layer uses it.
  class func usable(_ factor: AmountRange) -> AmountRange { factor }
  /// The value range as the layer uses it.
  class func usable(_ valueRange: [Double]) -> [Double] { valueRange }

  public override var config: Config {
    super.config.merging(["factor": factor.pair, "value_range": .array(valueRange.map { .number($0) })])
  }

  override var convertsInInference: Bool { false }
}
