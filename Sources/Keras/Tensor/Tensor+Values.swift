import Graph

/// A Swift number that can be a tensor's element.
public protocol TensorScalar: Sendable {
  static var dtype: DType { get }
  init(converting value: Double)
  /// The nearest number of this type.
  static func nearest(to value: some BinaryInteger) -> Self
  var asDouble: Double { get }
}

extension TensorScalar where Self: BinaryFloatingPoint {
  public init(converting value: Double) { self.init(value) }
  public static func nearest(to value: some BinaryInteger) -> Self { Self(value) }
  public var asDouble: Double { Double(self) }
}

extension TensorScalar where Self: FixedWidthInteger {
  /// Truncates, saturates, and takes NaN as 0.
  public init(converting value: Double) {
    self = value.isNaN ? 0 : Self(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }
  public static func nearest(to value: some BinaryInteger) -> Self { Self(clamping: value) }
  public var asDouble: Double { Double(self) }
}

extension Float: TensorScalar { public static var dtype: DType { .float32 } }
extension Double: TensorScalar { public static var dtype: DType { .float64 } }
extension Int8: TensorScalar { public static var dtype: DType { .int8 } }
extension Int16: TensorScalar { public static var dtype: DType { .int16 } }
extension Int32: TensorScalar { public static var dtype: DType { .int32 } }
extension Int64: TensorScalar { public static var dtype: DType { .int64 } }
extension UInt8: TensorScalar { public static var dtype: DType { .uint8 } }
extension UInt16: TensorScalar { public static var dtype: DType { .uint16 } }
extension UInt32: TensorScalar { public static var dtype: DType { .uint32 } }
extension UInt64: TensorScalar { public static var dtype: DType { .uint64 } }
extension Bool: TensorScalar {
  public static var dtype: DType { .bool }
  public init(converting value: Double) { self = value != 0 }
  public static func nearest(to value: some BinaryInteger) -> Bool { value != 0 }
  public var asDouble: Double { self ? 1 : 0 }
}

extension Tensor {
  /// A tensor of these elements, row-major. The shape must have as many places as there are elements.
  public init<Scalar: TensorScalar>(_ elements: [Scalar], shape: Shape) {
    guard shape.isValid, shape.elementCount == elements.count else {
      self.init(
        failure: KerasError(
          .incompatibleShape, "Tensor", "shape \(shape) does not hold \(elements.count) elements"))
      return
    }
    let buffer = Buffer(TensorType(Scalar.dtype, shape))
    elements.withUnsafeBytes { buffer.mutableBytes.copyMemory(from: $0) }
    self.init(buffer)
  }

  /// A vector.
  public init<Scalar: TensorScalar>(_ elements: [Scalar]) { self.init(elements, shape: [elements.count]) }

  /// A float32 tensor of these elements.
  public init(_ elements: [Double], shape: Shape, dtype: DType) {
    self = Tensor(elements, shape: shape).asType(dtype)
  }

  /// A scalar of the given element type.
  public init(_ value: Double, dtype: DType = .float32) {
    self.init(Buffer(Literal(value, dtype)))
  }

  /// Every element equal.
  public static func full(_ shape: Shape, _ value: Double, dtype: DType = .float32) -> Tensor {
    guard shape.isValid else {
      return Tensor(failure: KerasError(.incompatibleShape, "full", "shape \(shape) is negative or too large"))
    }
    do { try MemoryLimit.check([TensorType(dtype, shape)], for: "a tensor of shape \(shape)") } catch {
      return Tensor(failure: KerasError(wrapping: error, subject: "full"))
    }
    let buffer = Buffer(TensorType(dtype, shape))
    if value != 0 {
      let element = dtype.encode(value)
      let bytes = buffer.mutableBytes
      for start in stride(from: 0, to: bytes.count, by: element.count) {
        for (offset, byte) in element.enumerated() { bytes[start + offset] = byte }
      }
    }
    return Tensor(buffer)
  }

  public static func zeros(_ shape: Shape, dtype: DType = .float32) -> Tensor { full(shape, 0, dtype: dtype) }
  public static func ones(_ shape: Shape, dtype: DType = .float32) -> Tensor { full(shape, 1, dtype: dtype) }

  /// The rows of a range of the first axis, sharing the memory.
  public func rows(_ range: Range<Int>) -> Tensor {
    guard let buffer = try? buffer() else { return slice(axis: 0, range) }
    guard buffer.type.shape.rank > 0, range.lowerBound >= 0, range.upperBound <= buffer.type.shape[0] else {
      return Tensor(
        failure: KerasError(.incompatibleShape, "rows", "rows \(range) are not all in shape \(buffer.type.shape)"))
    }
    return Tensor(buffer.rows(range))
  }

  /// The elements, row-major, converted to `Scalar`.
  ///
  /// - Throws: the error of an operation that failed on the way, or `KerasError` where the tensor is symbolic.
  public func scalars<Scalar: TensorScalar>(as _: Scalar.Type) throws -> [Scalar] {
    let buffer = try buffer()
    if buffer.type.dtype == Scalar.dtype {
      return [Scalar](unsafeUninitializedCapacity: buffer.type.shape.elementCount) { elements, count in
        UnsafeMutableRawBufferPointer(elements).copyMemory(from: buffer.bytes)
        count = buffer.type.shape.elementCount
      }
    }
    switch buffer.type.dtype {
    // Not every 64-bit integer is a `Double`.
    case .int64: return buffer.elements(Int64.self) { Scalar.nearest(to: $0) }
    case .uint64: return buffer.elements(UInt64.self) { Scalar.nearest(to: $0) }
    default: return buffer.doubles().map { Scalar(converting: $0) }
    }
  }

  /// The elements as `Float`, row-major.
  public func scalars() throws -> [Float] { try scalars(as: Float.self) }

  /// The one element of a tensor of one element. 64-bit integers beyond 2⁵³ are rounded; `item(as:)` keeps them.
  public func item() throws -> Double { try item(as: Double.self) }

  /// The one element of a tensor of one element, converted to `Scalar`.
  public func item<Scalar: TensorScalar>(as type: Scalar.Type) throws -> Scalar {
    let values = try scalars(as: type)
    guard values.count == 1 else {
      throw KerasError(.incompatibleShape, "Tensor", "item() takes a tensor of one element, found shape \(shape)")
    }
    return values[0]
  }
}

extension Buffer {
  /// The memory of one literal.
  convenience init(_ literal: Literal) {
    self.init(literal.type)
    literal.bytes.withUnsafeBytes { mutableBytes.copyMemory(from: $0) }
  }

  /// The elements, which are stored as `Stored`, converted one by one.
  func elements<Stored, Value>(_: Stored.Type, _ convert: (Stored) -> Value) -> [Value] {
    bytes.bindMemory(to: Stored.self).map(convert)
  }

  /// The elements as doubles. 64-bit integers beyond 2⁵³ are rounded.
  func doubles() -> [Double] {
    switch type.dtype {
    case .bool: return elements(UInt8.self) { $0 != 0 ? 1 : 0 }
    case .int8: return elements(Int8.self) { Double($0) }
    case .int16: return elements(Int16.self) { Double($0) }
    case .int32: return elements(Int32.self) { Double($0) }
    case .int64: return elements(Int64.self) { Double($0) }
    case .uint8: return elements(UInt8.self) { Double($0) }
    case .uint16: return elements(UInt16.self) { Double($0) }
    case .uint32: return elements(UInt32.self) { Double($0) }
    case .uint64: return elements(UInt64.self) { Double($0) }
    case .float16: return elements(UInt16.self) { Double(HalfPrecision.float(float16: $0)) }
    case .bfloat16: return elements(UInt16.self) { Double(HalfPrecision.float(bfloat16: $0)) }
    case .float32: return elements(Float.self) { Double($0) }
    case .float64: return elements(Double.self) { $0 }
    }
  }
}
