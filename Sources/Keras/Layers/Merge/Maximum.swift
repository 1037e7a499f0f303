import ModelFiles

/// The largest of tensors of broadcastable shapes; places that a mask excludes do not take part.
/// Source: `keras.layers.Maximum`.
///
/// ```swift
/// let y = Maximum()([a, b])
/// ```
public final class Maximum: Merge, ConfigConstructible, @unchecked Sendable {
  public init(name: String? = nil, dtype: DTypePolicy = .float32) { super.init(name: name, dtype: dtype) }

  public convenience init(_ reader: ConfigReader) throws {
    self.init(name: reader.name, dtype: try reader.dtypePolicy())
  }

  override func merge(_ inputs: [Tensor], _ context: CallContext) -> Tensor {
    mergeMasked(inputs, context) { $0.maximum($1) }
  }
}

/// The largest of tensors of broadcastable shapes; places that a mask excludes do not take part.
public func maximum(_ inputs: [Tensor], name: String? = nil) -> Tensor { Maximum(name: name)(inputs) }
