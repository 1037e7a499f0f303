import ModelFiles

/// In training, drops whole channels: the base of `SpatialDropout1D`, `SpatialDropout2D` and `SpatialDropout3D`.
open class BaseSpatialDropout: Layer, @unchecked Sendable {
  public let rate: Double
  public let seed: Int?
  public let dataFormat: DataFormat
  private var generator: SeedGenerator?

  init(_ rate: Double, spatialRank: Int, dataFormat: DataFormat, seed: Int?, name: String?, dtype: DTypePolicy) {
    self.rate = rate
    self.seed = seed
    self.dataFormat = dataFormat
    super.init(name: name, dtype: dtype)
    if !(0...1).contains(rate) { reject("rate", "must be between 0 and 1, found \(rate)") }
    if rate > 0 { generator = addSeedGenerator(seed: seed) }
    inputSpec = InputSpec(rank: spatialRank + 2)
    built = true
  }

  open override var config: Config { ["rate": .number(rate), "seed": JSONValue(seed)] }
  open override var baseConfig: Config { ["name": .string(name), "dtype": .string(dtypePolicy.name)] }
  open override var supportsMasking: Bool { true }

  open override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard context.training, let generator else { return input }
    let channels = dataFormat == .channelsFirst ? 1 : input.rank - 1
    let pattern: [Int?] = (0..<input.rank).map { $0 == 0 || $0 == channels ? nil : 1 }
    return context.dropout(input, rate: rate, noiseShape: pattern, generator)
  }
}

/// Drops whole channels of sequences `[batch, time, channels]`. Source: `keras.layers.SpatialDropout1D`.
public final class SpatialDropout1D: BaseSpatialDropout, ConfigConstructible, @unchecked Sendable {
  public init(_ rate: Double, seed: Int? = nil, name: String? = nil, dtype: DTypePolicy = .float32) {
    super.init(rate, spatialRank: 1, dataFormat: .channelsLast, seed: seed, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.double("rate", default: 0), seed: try reader.optionalInt("seed"), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "in training whole channels are 0 with probability rate, the others divided by 1 − rate",
      example: "SpatialDropout1D(0.5)",
      arguments: ["rate": 0.5], inputs: [[nil, 10, 8]])
  }
}

/// Drops whole channels of images. Source: `keras.layers.SpatialDropout2D`.
public final class SpatialDropout2D: BaseSpatialDropout, ConfigConstructible, @unchecked Sendable {
  public init(
    _ rate: Double, dataFormat: DataFormat = .channelsLast, seed: Int? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(rate, spatialRank: 2, dataFormat: dataFormat, seed: seed, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.double("rate", default: 0), dataFormat: try reader.choice("data_format", default: .channelsLast),
      seed: try reader.optionalInt("seed"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "in training whole channels are 0 with probability rate, the others divided by 1 − rate",
      example: "SpatialDropout2D(0.5)",
      arguments: ["rate": 0.5], inputs: [[nil, 28, 28, 3]])
  }

  public override var config: Config { super.config.merging(["data_format": .string(dataFormat.rawValue)]) }
}

/// Drops whole channels of volumes. Source: `keras.layers.SpatialDropout3D`.
public final class SpatialDropout3D: BaseSpatialDropout, ConfigConstructible, @unchecked Sendable {
  public init(
    _ rate: Double, dataFormat: DataFormat = .channelsLast, seed: Int? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(rate, spatialRank: 3, dataFormat: dataFormat, seed: seed, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.double("rate", default: 0), dataFormat: try reader.choice("data_format", default: .channelsLast),
      seed: try reader.optionalInt("seed"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "in training whole channels are 0 with probability rate, the others divided by 1 − rate",
      example: "SpatialDropout3D(0.5)",
      arguments: ["rate": 0.5], inputs: [[nil, 8, 16, 16, 3]])
  }

  public override var config: Config { super.config.merging(["data_format": .string(dataFormat.rawValue)]) }
}
