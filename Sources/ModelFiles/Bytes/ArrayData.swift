/// An n-dimensional array as a file holds it: little-endian elements in row-major order.
///
/// The bytes may still lie in the file; nothing is read before ``copyBytes(into:)`` or a conversion asks for it.
public struct ArrayData: Sendable {
  public let elementType: ElementType
  /// The lengths of the dimensions; empty for a scalar.
  public let shape: [Int]
  public let bytes: ByteSource

  /// - Throws: ``ModelFileError`` of kind `.mismatch` unless `bytes` has exactly the size that type and shape give.
  public init(elementType: ElementType, shape: [Int], bytes: ByteSource) throws(ModelFileError) {
    guard elementType != .string, let byteCount = elementType.byteCount(shape: shape), byteCount == bytes.count else {
      throw bytes.context.error(
        .mismatch, expected: "the bytes of \(elementType.rawValue) elements of shape \(shape)",
        found: "\(bytes.count) bytes")
    }
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }

  /// The number of elements; 1 for a scalar.
  public var count: Int { bytes.count / elementType.byteCount }

  /// Copies all bytes, one copy from the file into `destination`, whose size must be that of ``bytes``.
  public func copyBytes(into destination: UnsafeMutableRawBufferPointer) throws(ModelFileError) {
    guard destination.count == bytes.count else {
      throw bytes.context.error(
        .mismatch, expected: "a destination of \(bytes.count) bytes", found: "one of \(destination.count)")
    }
    try bytes.copyBytes(at: 0, into: destination)
  }
}

extension ArrayData: Equatable {
  /// Equal type, shape and bytes. Arrays in a file that can no longer be read equal nothing.
  public static func == (left: ArrayData, right: ArrayData) -> Bool {
    guard left.elementType == right.elementType, left.shape == right.shape else { return false }
    guard let leftBytes = try? left.bytes.bytes(), let rightBytes = try? right.bytes.bytes() else { return false }
    return leftBytes == rightBytes
  }
}

extension ArrayData {
  public init(_ values: [Float], shape: [Int]) throws(ModelFileError) {
    try self.init(copying: values, as: .float32, shape: shape)
  }

  public init(_ values: [Double], shape: [Int]) throws(ModelFileError) {
    try self.init(copying: values, as: .float64, shape: shape)
  }

  public init(_ values: [Int32], shape: [Int]) throws(ModelFileError) {
    try self.init(copying: values, as: .int32, shape: shape)
  }

  public init(_ values: [Int64], shape: [Int]) throws(ModelFileError) {
    try self.init(copying: values, as: .int64, shape: shape)
  }

  public init(_ values: [UInt32], shape: [Int]) throws(ModelFileError) {
    try self.init(copying: values, as: .uint32, shape: shape)
  }

  public init(_ values: [UInt8], shape: [Int]) throws(ModelFileError) {
    try self.init(copying: values, as: .uint8, shape: shape)
  }

  public init(_ values: [Bool], shape: [Int]) throws(ModelFileError) {
    try self.init(copying: values.map { $0 ? 1 as UInt8 : 0 }, as: .bool, shape: shape)
  }

  private init<Value: BitwiseCopyable>(
    copying values: [Value], as elementType: ElementType, shape: [Int]
  ) throws(ModelFileError) {
    let bytes = values.withUnsafeBytes { Array($0) }
    try self.init(elementType: elementType, shape: shape, bytes: ByteSource(bytes))
  }
}
