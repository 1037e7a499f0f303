import ModelFiles

/// The first of two tensors less the second.
/// Source: `keras.layers.Subtract`.
///
/// ```swift
/// let y = Subtract()([a, b])
/// ```
public final class Subtract: Merge, ConfigConstructible, @unchecked Sendable {
  public init(name: String? = nil, dtype: DTypePolicy = .float32) { super.init(name: name, dtype: dtype) }

  public convenience init(from reader: ConfigReader) throws {
    self.init(name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .merge, "a − b", example: "Subtract()([a, b])",
      arguments: [:], inputs: [[nil, 8], [nil, 8]])
  }

  override var inputCount: Int? { 2 }

  override func merge(_ inputs: [Tensor], _ context: CallContext) -> Tensor {
    inputs[0] - inputs[1]
  }
}

/// The first of two tensors less the second.
public func subtract(_ inputs: [Tensor], name: String? = nil) -> Tensor { Subtract(name: name)(inputs) }
