import ModelFiles

/// The input, unchanged, with its mask. Source: `keras.layers.Identity`.
public final class Identity: Layer, ConfigConstructible, @unchecked Sendable {
  public init(name: String? = nil, dtype: DTypePolicy = .float32) {
    super.init(name: name, dtype: dtype)
    built = true
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x", example: "Identity()",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var supportsMasking: Bool { true }
  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor { input }
}
