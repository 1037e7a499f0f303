#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension BinaryOp {
  func apply(_ x: Double, _ y: Double, _ dtype: DType) -> Double {
    switch self {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .remainder: fmod(x, y)
    case .power: pow(x, y)
    case .maximum: x.isNaN || y.isNaN ? .nan : Swift.max(x, y)
    case .minimum: x.isNaN || y.isNaN ? .nan : Swift.min(x, y)
    case .arcTangent2: atan2(x, y)
    case .nextAfter: dtype.next(after: x, toward: y)
    case .and, .or, .xor, .shiftLeft, .shiftRightArithmetic, .shiftRightLogical: .nan
    }
  }

  /// Integers and Booleans; the result still has to wrap around.
  func apply(_ x: Int64, _ y: Int64, _ dtype: DType) -> Int64 {
    // Read as unsigned, a negative amount is larger than any width.
    let amount = UInt64(bitPattern: y)
    let width = UInt64(dtype.bitWidth)
    switch self {
    case .add: return x &+ y
    case .subtract: return x &- y
    case .multiply: return x &* y
    case .divide:
      if y == 0 { return 0 }
      if dtype == .uint64 { return Int64(bitPattern: UInt64(bitPattern: x) / amount) }
      return x.dividedReportingOverflow(by: y).partialValue
    case .remainder:
      if y == 0 { return 0 }
      if dtype == .uint64 { return Int64(bitPattern: UInt64(bitPattern: x) % amount) }
      return x.remainderReportingOverflow(dividingBy: y).partialValue
    case .power: return power(x, y, dtype)
    case .maximum: return dtype.isLess(x, y) ? y : x
    case .minimum: return dtype.isLess(y, x) ? y : x
    case .and: return x & y
    case .or: return x | y
    case .xor: return x ^ y
    case .shiftLeft: return amount >= width ? 0 : x << Int64(amount)
    case .shiftRightLogical: return amount >= width ? 0 : Int64(bitPattern: dtype.bits(x) >> amount)
    case .shiftRightArithmetic:
      let signed = Int64(bitPattern: dtype.bits(x) << (64 - width)) >> Int64(64 - width)
      return signed >> Int64(Swift.min(amount, width - 1))
    case .arcTangent2, .nextAfter: return 0
    }
  }

  /// By squaring; a negative exponent gives 0 but for the bases 1 and −1.
  private func power(_ base: Int64, _ exponent: Int64, _ dtype: DType) -> Int64 {
    if dtype.isSignedInteger, exponent < 0 {
      return base == 1 ? 1 : base == -1 ? (exponent & 1 == 0 ? 1 : -1) : 0
    }
    var (result, square, rest) = (Int64(1), base, UInt64(bitPattern: exponent))
    while rest > 0 {
      if rest & 1 == 1 { result = result &* square }
      square = square &* square
      rest >>= 1
    }
    return result
  }
}
