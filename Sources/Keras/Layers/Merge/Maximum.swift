import ModelFiles

/// The largest of tensors of broadcastable shapes; places that a mask excludes do not take part.
/// Source: `keras.layers.Maximum`.
///
/// ```swift
/// let y = Maximum()([a, b])
/// ```
public final class Maximum: Merge, ConfigConstructible, @unchecked Sendable {
  public init(name: String? = nil, dtype: DTypePolicy = .float32) { super.init(name: name, dtype: dtype) }

  public convenience init(from reader: ConfigReader) throws {
    self.init(name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .merge, "the largest of a, b, …", example: "Maximum()([a, b])",
      arguments: [:], inputs: [[nil, 8], [nil, 8]])
  }

  override func merge(_ inputs: [Tensor], _ context: CallContext) -> Tensor {
    mergeMasked(inputs, context) { $0.maximum($1) }
  }
}

/// The largest of tensors of broadcastable shapes; places that a mask excludes do not take part.
public func maximum(_ inputs: [Tensor], name: String? = nil) -> Tensor { Maximum(name: name)(inputs) }
