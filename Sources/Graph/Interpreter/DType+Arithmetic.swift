// What the interpreter needs to know of each element type's numbers.

extension DType {
  var bitWidth: Int { byteCount * 8 }

  /// The nearest number of this floating-point type.
  func rounded(_ value: Double) -> Double {
    switch self {
    case .float16: Double(HalfPrecision.float(float16: HalfPrecision.float16Bits(Float(value))))
    case .bfloat16: Double(HalfPrecision.float(bfloat16: HalfPrecision.bfloat16Bits(Float(value))))
    case .float32: Double(Float(value))
    default: value
    }
  }

  /// The number with the same low bits; `bool` is true for any but 0.
  func wrapped(_ value: Int64) -> Int64 {
    switch self {
    case .bool: value == 0 ? 0 : 1
    case .int8: Int64(Int8(truncatingIfNeeded: value))
    case .int16: Int64(Int16(truncatingIfNeeded: value))
    case .int32: Int64(Int32(truncatingIfNeeded: value))
    case .uint8: Int64(UInt8(truncatingIfNeeded: value))
    case .uint16: Int64(UInt16(truncatingIfNeeded: value))
    case .uint32: Int64(UInt32(truncatingIfNeeded: value))
    default: value
    }
  }

  /// The value truncated to this integer type; what is too large becomes the nearest number, NaN becomes 0.
  func saturated(_ value: Double) -> Int64 {
    func integer<T: FixedWidthInteger>(_: T.Type) -> Int64 {
      if value.isNaN { return 0 }
      let number = T(exactly: value.rounded(.towardZero)) ?? (value < 0 ? T.min : T.max)
      return Int64(truncatingIfNeeded: number)
    }
    return switch self {
    case .bool: value == 0 ? 0 : 1
    case .int8: integer(Int8.self)
    case .int16: integer(Int16.self)
    case .int32: integer(Int32.self)
    case .uint8: integer(UInt8.self)
    case .uint16: integer(UInt16.self)
    case .uint32: integer(UInt32.self)
    case .uint64: integer(UInt64.self)
    default: integer(Int64.self)
    }
  }

  /// The low bits of an integer of this type.
  func bits(_ value: Int64) -> UInt64 {
    bitWidth == 64 ? UInt64(bitPattern: value) : UInt64(bitPattern: value) & ((1 << UInt64(bitWidth)) - 1)
  }

  /// Whether one integer of this type is less than another.
  func isLess(_ a: Int64, _ b: Int64) -> Bool {
    self == .uint64 ? UInt64(bitPattern: a) < UInt64(bitPattern: b) : a < b
  }

  /// The least and greatest integers of this type.
  var integerRange: (lowest: Int64, highest: Int64) {
    switch self {
    case .bool: (0, 1)
    case .uint64: (0, -1)
    case .int64: (.min, .max)
    default:
      isSignedInteger
        ? (-(1 << Int64(bitWidth - 1)), (1 << Int64(bitWidth - 1)) - 1) : (0, (1 << Int64(bitWidth)) - 1)
    }
  }

  /// The next number of this floating-point type after `value` toward `target`.
  func next(after value: Double, toward target: Double) -> Double {
    if value.isNaN || target.isNaN { return .nan }
    if value == target { return target }
    let up = target > value
    switch self {
    case .float64: return up ? value.nextUp : value.nextDown
    case .float32: return Double(up ? Float(value).nextUp : Float(value).nextDown)
    default:
      // The bits of a magnitude count upward with it.
      let read = self == .float16 ? HalfPrecision.float(float16:) : HalfPrecision.float(bfloat16:)
      let write = self == .float16 ? HalfPrecision.float16Bits : HalfPrecision.bfloat16Bits
      if value == 0 { return Double(read(up ? 0x0001 : 0x8001)) }
      let bits = write(Float(value))
      return Double(read(up == (value > 0) ? bits &+ 1 : bits &- 1))
    }
  }
}
