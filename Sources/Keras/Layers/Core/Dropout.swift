import Graph
import ModelFiles

/// In training, sets each element to 0 with probability `rate` and scales the others by 1 / (1 − rate); otherwise
/// the identity. Source: Srivastava et al. 2014, `keras.layers.Dropout`.
public final class Dropout: Layer, ConfigConstructible, @unchecked Sendable {
  public let rate: Double
  public let seed: Int?
  /// The shape of the random pattern, which broadcasts over the input; `nil` extents are the input's.
  public let noiseShape: [Int?]?
  private var generator: SeedGenerator?

  /// - Parameters:
  ///   - rate: from 0 to 1.
  ///   - noiseShape: `[nil, 1, nil]` drops the same features at all time steps.
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
      .core, "in training each element is 0 with probability rate, else x / (1 − rate); in inference x",
      example: "Dropout(0.5)",
      arguments: ["rate": 0.5], inputs: [[nil, 8]])
  }

  public override var config: Config {
    ["rate": .number(rate), "seed": JSONValue(seed), "noise_shape": noiseShape.map { JSONValue($0) } ?? nil]
  }
  public override var supportsMasking: Bool { true }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard context.training, let generator else { return input }
    return context.dropout(input, rate: rate, noiseShape: noiseShape, generator)
  }
}

extension CallContext {
  /// `x` with elements set to 0 with probability `rate` and the others scaled to keep the mean.
  func dropout(_ x: Tensor, rate: Double, noiseShape: [Int?]? = nil, _ generator: SeedGenerator) -> Tensor {
    guard rate < 1 else { return x * 0 }
    return dropoutPattern(x, rate: rate, noiseShape: noiseShape, generator) { keep in
      `where`(keep, x / (1 - rate), Tensor(0, dtype: x.dtype))
    }
  }

  /// What `apply` makes of a random pattern that is true with probability 1 − `rate`.
  func dropoutPattern(
    _ x: Tensor, rate: Double, noiseShape: [Int?]?, _ generator: SeedGenerator, _ apply: (Tensor) -> Tensor
  ) -> Tensor {
    var shape = x.shape
    if let noiseShape {
      guard noiseShape.count == shape.rank else {
        return Tensor(
          failure: KerasError(
            .incompatibleShape, layer.name,
            "noise_shape \(describe(noiseShape)) does not fit an input of shape \(shape)"))
      }
      shape = Shape(zip(noiseShape, shape.dimensions).map { $0 ?? $1 })
    }
    return apply(randomUniform(shape, generator).greaterEqual(rate))
  }
}
