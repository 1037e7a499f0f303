import ModelFiles

/// x above 0, `negativeSlope` · x below. Output shape is the input's. Source: `keras.layers.LeakyReLU`.
public final class LeakyReLU: Layer, ConfigConstructible, @unchecked Sendable {
  public let negativeSlope: Double

  public init(negativeSlope: Double = 0.3, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.negativeSlope = negativeSlope
    super.init(name: name, dtype: dtype)
    if !(negativeSlope >= 0) { reject("negative_slope", "must not be negative, found \(negativeSlope)") }
    built = true
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ negativeSlope: Double, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(negativeSlope: negativeSlope, name: name, dtype: dtype)
  }

  /// Keras 2 calls the argument `alpha`.
  public convenience init(from reader: ConfigReader) throws {
    let alpha = try reader.double("alpha", default: 0.3)
    self.init(
      negativeSlope: try reader.double("negative_slope", default: alpha), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x above 0, negativeSlope · x below", example: "LeakyReLU(negativeSlope: 0.1)",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config { ["negative_slope": .number(negativeSlope)] }
  public override var supportsMasking: Bool { true }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    input.leakyRelu(negativeSlope: negativeSlope)
  }
}
