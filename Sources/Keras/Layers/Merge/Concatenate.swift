import ModelFiles

/// Joins tensors along an axis; all other extents are equal. Source: `keras.layers.Concatenate`.
///
/// ```swift
/// let y = Concatenate(axis: 1)([a, b])
/// ```
public final class Concatenate: Layer, ConfigConstructible, @unchecked Sendable {
  public let axis: Int

  public init(axis: Int = -1, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.axis = axis
    super.init(name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ axis: Int, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(axis: axis, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(axis: try reader.int("axis", default: -1), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .merge, "a, b, … joined along an axis", example: "Concatenate(axis: -1)([a, b])",
      arguments: [:], inputs: [[nil, 8], [nil, 8]])
  }

  public override var config: Config { ["axis": JSONValue(axis)] }
  public override var supportsMasking: Bool { true }

  public override func build(inputShapes: [[Int?]]) throws {
    guard let first = inputShapes.first else {
      throw KerasError(.invalidArgument, name, "takes a list of at least one input")
    }
    let index = axis < 0 ? axis + first.count : axis
    guard first.indices.contains(index) else {
      throw KerasError(.invalidArgument, "\(name), argument axis", "\(axis) does not exist in \(describe(first))")
    }
    for shape in inputShapes {
      let fits =
        shape.count == first.count && shape.indices.allSatisfy { $0 == index || mayAgree(shape[$0], first[$0]) }
      guard fits else {
        throw KerasError(
          .incompatibleShape, name,
          "inputs must have the same shape but for axis \(axis), found "
            + inputShapes.map(describe).joined(separator: ", "))
      }
    }
  }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    [concatenate(inputs, axis: axis)]
  }

  /// The masks joined as the inputs are; an input without one counts everywhere.
  public override func computeMask(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
    guard masks.contains(where: { $0 != nil }) else { return [nil] }
    let full = zip(inputs, masks).map { input, mask in
      guard let mask else { return input.onesLike(dtype: .bool) }
      return mask.rank < input.rank ? mask.expandDims(-1).broadcast(to: input.shape.dimensions) : mask
    }
    return [concatenate(full, axis: axis).any(axis: [-1])]
  }
}
