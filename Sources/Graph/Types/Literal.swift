/// The elements of a constant, as row-major bytes in the machine's order.
public struct Literal: Hashable, Sendable {
  public let type: TensorType
  public let bytes: [UInt8]

  /// `nil` where the bytes are not exactly those of the type.
  public init?(_ type: TensorType, bytes: [UInt8]) {
    guard type.shape.isValid, bytes.count == type.byteCount else { return nil }
    self.type = type
    self.bytes = bytes
  }

  /// One number, converted to the element type.
  public init(_ value: Double, _ dtype: DType) {
    type = TensorType(dtype, .scalar)
    bytes = dtype.encode(value)
  }
}

extension DType {
  /// The bytes of one element nearest to `value`; integers saturate and a NaN among them becomes 0.
  public func encode(_ value: Double) -> [UInt8] {
    func raw<T>(_ element: T) -> [UInt8] { withUnsafeBytes(of: element) { Array($0) } }
    func integer<T: FixedWidthInteger>(_: T.Type) -> [UInt8] {
      if value.isNaN { return raw(T.zero) }
      return raw(T(exactly: value.rounded(.towardZero)) ?? (value < 0 ? T.min : T.max))
    }
    switch self {
    case .bool: return [value != 0 ? 1 : 0]
    case .int8: return integer(Int8.self)
    case .int16: return integer(Int16.self)
    case .int32: return integer(Int32.self)
    case .int64: return integer(Int64.self)
    case .uint8: return integer(UInt8.self)
    case .uint16: return integer(UInt16.self)
    case .uint32: return integer(UInt32.self)
    case .uint64: return integer(UInt64.self)
    case .float16: return raw(HalfPrecision.float16Bits(Float(value)))
    case .bfloat16: return raw(HalfPrecision.bfloat16Bits(Float(value)))
    case .float32: return raw(Float(value))
    case .float64: return raw(value)
    }
  }
}
