import ModelFiles

/// In training, multiplies by normal noise of mean 1 and variance rate / (1 − rate); otherwise the identity.
/// Source: Srivastava et al. 2014, `keras.layers.GaussianDropout`.
public final class GaussianDropout: Layer, ConfigConstructible, @unchecked Sendable {
  public let rate: Double
  public let seed: Int?
  private var generator: SeedGenerator?

  /// - Parameter rate: from 0 to below 1; at 1 the variance would be infinite.
  public init(_ rate: Double, seed: Int? = nil, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.rate = rate
    self.seed = seed
    super.init(name: name, dtype: dtype)
    if !(rate >= 0 && rate < 1) { reject("rate", "must be at least 0 and below 1, found \(rate)") }
    if rate > 0 { generator = addSeedGenerator(seed: seed) }
    built = true
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.double("rate", default: 0), seed: try reader.optionalInt("seed"), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .noise, "in training x · normal noise of mean 1 and variance rate / (1 − rate); in inference x",
      example: "GaussianDropout(0.5)",
      arguments: ["rate": 0.5], inputs: [[nil, 8]])
  }

  public override var config: Config { ["rate": .number(rate), "seed": JSONValue(seed)] }
  public override var supportsMasking: Bool { true }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard context.training, let generator else { return input }
    let deviation = (rate / (1 - rate)).squareRoot()
    return input * (context.randomNormal(input.shape, generator) * deviation + 1).asType(input.dtype)
  }
}
