import Graph
import ModelFiles

extension Tensor {
  /// The numbers of an array in a file.
  ///
  /// - Throws: `KerasError` or `ModelFileError` where the array holds text or cannot be read.
  public init(_ array: ArrayData) throws {
    guard let dtype = DType(rawValue: array.elementType.rawValue), Shape(array.shape).isValid else {
      throw KerasError(
        .incompatibleType, "array", "\(array.elementType) of shape \(array.shape) cannot become a tensor")
    }
    let buffer = Buffer(TensorType(dtype, Shape(array.shape)))
    try array.copyBytes(into: buffer.mutableBytes)
    self.init(buffer)
  }

  /// The numbers of an array in a file, converted to an element type; `nil` keeps theirs.
  ///
  /// - Throws: `KerasError` or `ModelFileError` where the array holds text or cannot be read.
  public init(_ array: ArrayData, dtype: DType?) throws {
    guard let dtype, dtype.rawValue != array.elementType.rawValue else {
      try self.init(array)
      return
    }
    guard dtype == .float32, Shape(array.shape).isValid else {
      self = try Tensor(array).asType(dtype)
      return
    }
    let buffer = Buffer(TensorType(.float32, Shape(array.shape)))
    try array.copyFloats(into: buffer.mutableBytes.bindMemory(to: Float.self))
    self.init(buffer)
  }

  /// The numbers as an array to write into a file.
  public func arrayData() throws -> ArrayData {
    let buffer = try buffer()
    guard let type = ElementType(rawValue: dtype.rawValue) else {
      throw KerasError(.incompatibleType, "tensor", "\(dtype) cannot be written")
    }
    return try ArrayData(
      elementType: type, shape: buffer.type.shape.dimensions, bytes: ByteSource(Array(buffer.bytes), name: "tensor"))
  }
}
