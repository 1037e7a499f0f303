import ModelFiles

/// The product of tensors of broadcastable shapes; places that a mask excludes count as 1, and as 0 where all are.
/// Source: `keras.layers.Multiply`.
///
/// ```swift
/// let y = Multiply()([a, b])
/// ```
public final class Multiply: Merge, ConfigConstructible, @unchecked Sendable {
  public init(name: String? = nil, dtype: DTypePolicy = .float32) { super.init(name: name, dtype: dtype) }

  public convenience init(from reader: ConfigReader) throws {
    self.init(name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .merge, "a · b · …", example: "Multiply()([a, b])",
      arguments: [:], inputs: [[nil, 8], [nil, 8]])
  }

  override func merge(_ inputs: [Tensor], _ context: CallContext) -> Tensor {
    let masks = elementMasks(inputs, context)
    let factors = zip(inputs, masks).map { input, mask in
      mask.map { `where`($0, input, Tensor(1, dtype: input.dtype)) } ?? input
    }
    let product = factors.dropFirst().reduce(factors[0]) { $0 * $1 }
    let given = masks.compactMap { $0 }
    guard given.count == masks.count, let first = given.first else { return product }
    let counts = given.dropFirst().reduce(first) { $0.logicalOr($1) }
    return `where`(counts, product, Tensor(0, dtype: product.dtype)).masked(by: counts.any(axis: [-1]))
  }
}

/// The product of tensors of broadcastable shapes; places that a mask excludes count as 1, and as 0 where all are.
public func multiply(_ inputs: [Tensor], name: String? = nil) -> Tensor { Multiply(name: name)(inputs) }
