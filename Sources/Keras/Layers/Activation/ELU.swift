import ModelFiles

/// x above 0, `alpha` · (eˣ − 1) below. Output shape is the input's. Source: `keras.layers.ELU`.
public final class ELU: Layer, ConfigConstructible, @unchecked Sendable {
  public let alpha: Double

  public init(alpha: Double = 1, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.alpha = alpha
    super.init(name: name, dtype: dtype)
    built = true
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ alpha: Double, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(alpha: alpha, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      alpha: try reader.double("alpha", default: 1), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x above 0, alpha · (eˣ − 1) below", example: "ELU()",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config { ["alpha": .number(alpha)] }
  public override var supportsMasking: Bool { true }
  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor { input.elu(alpha: alpha) }
}
