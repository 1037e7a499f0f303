import ModelFiles

/// The sum of tensors of broadcastable shapes.
/// Source: `keras.layers.Add`.
///
/// ```swift
/// let y = Add()([a, b])
/// ```
public final class Add: Merge, ConfigConstructible, @unchecked Sendable {
  public init(name: String? = nil, dtype: DTypePolicy = .float32) { super.init(name: name, dtype: dtype) }

  public convenience init(from reader: ConfigReader) throws {
    self.init(name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .merge, "a + b + …", example: "Add()([a, b])",
      arguments: [:], inputs: [[nil, 8], [nil, 8]])
  }

  override func merge(_ inputs: [Tensor], _ context: CallContext) -> Tensor {
    inputs.dropFirst().reduce(inputs[0]) { $0 + $1 }
  }
}

/// The sum of tensors of broadcastable shapes.
public func add(_ inputs: [Tensor], name: String? = nil) -> Tensor { Add(name: name)(inputs) }
