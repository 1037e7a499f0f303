import ModelFiles

/// In training, adds normal noise of mean 0; otherwise the identity. Source: `keras.layers.GaussianNoise`.
public final class GaussianNoise: Layer, ConfigConstructible, @unchecked Sendable {
  /// The noise's standard deviation, from 0 to 1.
  public let stddev: Double
  public let seed: Int?
  private var generator: SeedGenerator?

  public init(_ stddev: Double, seed: Int? = nil, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.stddev = stddev
    self.seed = seed
    super.init(name: name, dtype: dtype)
    if !(0...1).contains(stddev) { reject("stddev", "must be between 0 and 1, found \(stddev)") }
    if stddev > 0 { generator = addSeedGenerator(seed: seed) }
    built = true
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.double("stddev", default: 0), seed: try reader.optionalInt("seed"), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .noise, "in training x + normal noise of deviation stddev; in inference x", example: "GaussianNoise(0.1)",
      arguments: ["stddev": 0.1], inputs: [[nil, 8]])
  }

  public override var config: Config { ["stddev": .number(stddev), "seed": JSONValue(seed)] }
  public override var supportsMasking: Bool { true }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard context.training, let generator else { return input }
    return input + (context.randomNormal(input.shape, generator) * stddev).asType(input.dtype)
  }
}
