import ModelFiles

/// In training, sets each element to −1.758 (`selu`'s lowest value) with probability `rate`, then scales and shifts
/// all so that mean 0 and variance 1 are kept; otherwise the identity.
/// Source: Klambauer et al. 2017, `keras.layers.AlphaDropout`.
public final class AlphaDropout: Layer, ConfigConstructible, @unchecked Sendable {
  public let rate: Double
  public let seed: Int?
  /// The shape of the random pattern, which broadcasts over the input; `nil` extents are the input's.
  public let noiseShape: [Int?]?
  private var generator: SeedGenerator?

  public init(
    _ rate: Double, noiseShape: [Int?]? = nil, seed: Int? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.rate = rate
    self.seed = seed
    self.noiseShape = noiseShape
    super.init(name: name, dtype: dtype)
    if !(0...1).contains(rate) { reject("rate", "must be between 0 and 1, found \(rate)") }
    if rate > 0 { generator = addSeedGenerator(seed: seed) }
    built = true
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.double("rate", default: 0), noiseShape: try reader.optionalShape("noise_shape"),
      seed: try reader.optionalInt("seed"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .noise, "in training selu’s lowest value with probability rate, mean and variance kept; in inference x",
      example: "AlphaDropout(0.1)",
      arguments: ["rate": 0.1], inputs: [[nil, 8]])
  }

  public override var config: Config {
    ["rate": .number(rate), "seed": JSONValue(seed), "noise_shape": noiseShape.map { JSONValue($0) } ?? nil]
  }
  public override var supportsMasking: Bool { true }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard context.training, let generator else { return input }
    let lowest = -1.6732632423543772 * 1.0507009873554805
    let scale = 1 / ((1 - rate) * (1 + rate * lowest * lowest)).squareRoot()
    let shift = -scale * lowest * rate
    return context.dropoutPattern(input, rate: rate, noiseShape: noiseShape, generator) { keep in
      `where`(keep, input, Tensor(lowest, dtype: input.dtype)) * scale + shift
    }
  }
}
