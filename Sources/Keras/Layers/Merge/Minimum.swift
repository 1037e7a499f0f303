import ModelFiles

/// The smallest of tensors of broadcastable shapes; places that a mask excludes do not take part.
/// Source: `keras.layers.Minimum`.
///
/// ```swift
/// let y = Minimum()([a, b])
/// ```
public final class Minimum: Merge, ConfigConstructible, @unchecked Sendable {
  public init(name: String? = nil, dtype: DTypePolicy = .float32) { super.init(name: name, dtype: dtype) }

  public convenience init(from reader: ConfigReader) throws {
    self.init(name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .merge, "the smallest of a, b, …", example: "Minimum()([a, b])",
      arguments: [:], inputs: [[nil, 8], [nil, 8]])
  }

  override func merge(_ inputs: [Tensor], _ context: CallContext) -> Tensor {
    mergeMasked(inputs, context) { $0.minimum($1) }
  }
}

/// The smallest of tensors of broadcastable shapes; places that a mask excludes do not take part.
public func minimum(_ inputs: [Tensor], name: String? = nil) -> Tensor { Minimum(name: name)(inputs) }
