/// What is known of a value before it is computed: its element type and its shape.
public struct TensorType: Hashable, Sendable {
  public var dtype: DType
  public var shape: Shape

  public init(_ dtype: DType, _ shape: Shape) {
    self.dtype = dtype
    self.shape = shape
  }

  public var byteCount: Int { shape.elementCount * dtype.byteCount }
}

extension TensorType: CustomStringConvertible {
  public var description: String { "\(dtype)\(shape)" }
}
