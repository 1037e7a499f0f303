import ModelFiles

/// Masks the time steps at which all features equal `maskValue`; layers that follow skip them.
///
/// Output: the input, with zeros at the masked steps. Mask: `any(x ≠ maskValue)` over the last axis.
/// Source: `keras.layers.Masking`.
public final class Masking: Layer, ConfigConstructible, @unchecked Sendable {
  public let maskValue: Double

  /// - Parameter maskValue: 0 by default.
  public init(maskValue: Double = 0, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.maskValue = maskValue
    super.init(name: name, dtype: dtype)
    inputSpec = InputSpec(minimumRank: 2)
    built = true
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ maskValue: Double, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(maskValue: maskValue, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      maskValue: try reader.double("mask_value", default: 0), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x, with the steps masked at which all features equal maskValue", example: "Masking()",
      arguments: [:], inputs: [[nil, 10, 8]])
  }

  public override var config: Config { ["mask_value": .number(maskValue)] }
  public override var supportsMasking: Bool { true }
  public override var createsMask: Bool { true }

  public override func computeMask(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
    inputs.prefix(1).map(mask)
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    let counts = mask(of: input)
    return `where`(counts.expandDims(-1), input, Tensor(0, dtype: input.dtype)).masked(by: counts)
  }

  private func mask(of input: Tensor) -> Tensor { input.notEqual(maskValue).any(axis: [-1]) }
}
