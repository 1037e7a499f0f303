extension Simplification {
  func elementwise() -> Expression? {
    switch op {
    case .unary(let op): return unary(op)
    case .binary(let op): return binary(op, x, inputs[1])
    case .select:
      if let number = x.uniformNumber { return number != 0 ? inputs[1] : inputs[2] }
      return inputs[1].value == inputs[2].value ? inputs[1] : nil
    case .convert(let dtype): return convert(dtype)
    case .bitcast(let dtype): return dtype == x.dtype ? x : nil
    default: return nil
    }
  }

  private func unary(_ op: UnaryOp) -> Expression? {
    switch (op, x.op) {
    case (.negate, .unary(.negate)?), (.not, .unary(.not)?): x.operand(0)
    case (.relu, .unary(.relu)?), (.absolute, .unary(.absolute)?), (.floor, .unary(.floor)?),
      (.ceiling, .unary(.ceiling)?), (.roundToEven, .unary(.roundToEven)?), (.truncate, .unary(.truncate)?):
      x
    case (.floor, _), (.ceiling, _), (.roundToEven, _), (.truncate, _): x.dtype.isFloatingPoint ? nil : x
    default: nil
    }
  }

  private func binary(_ op: BinaryOp, _ a: Expression, _ b: Expression) -> Expression? {
    let (left, right) = (a.uniformNumber, b.uniformNumber)
    switch op {
    case .add:
      if left == 0 { return b }
      if right == 0 { return a }
      if case .unary(.negate)? = b.op, let positive = b.operand(0) { return a - positive }
      return sumOfParts(a, b)
    case .subtract:
      if right == 0 { return a }
      if case .unary(.negate)? = b.op, let positive = b.operand(0) { return a + positive }
    case .multiply:
      if left == 1 { return b }
      if right == 1 { return a }
      if left == -1 { return -b }
      if right == -1 { return -a }
      if !a.dtype.isFloatingPoint, left == 0 { return a }
      if !a.dtype.isFloatingPoint, right == 0 { return b }
    case .divide:
      if right == 1 { return a }
      if a.dtype.isFloatingPoint, let right, let inverse = a.dtype.exactInverse(right) {
        return a * a.constant(inverse)
      }
    case .power:
      if right == 1 { return a }
      if right == 2 { return a.square() }
    case .maximum, .minimum, .and, .or:
      if a.value == b.value { return a }
      if a.dtype == .bool, op == .and || op == .or {
        // The constant that decides, and the one that does not matter.
        let decisive: Double = op == .and ? 0 : 1
        if let left { return left == decisive ? a : b }
        if let right { return right == decisive ? b : a }
      }
    default: break
    }
    return nil
  }

  private func convert(_ dtype: DType) -> Expression? {
    if dtype == x.dtype { return x }
    guard case .convert(let middle)? = x.op, let origin = x.operand(0), middle.holds(allOf: origin.dtype) else {
      return nil
    }
    return origin.converted(to: dtype)
  }
}

extension DType {
  /// 1/x where x is a power of two whose inverse this type has, so that multiplying is exactly dividing.
  fileprivate func exactInverse(_ x: Double) -> Double? {
    guard x.isFinite, x != 0, x.significand == 1, Swift.abs(x.exponent) < 14 else { return nil }
    return 1 / x
  }

  /// Whether every number of `other` is one of this type.
  fileprivate func holds(allOf other: DType) -> Bool {
    if self == other { return true }
    let (from, to) = (other.precision, precision)
    switch (other.isFloatingPoint, isFloatingPoint) {
    case (true, true): return to >= from && !(self == .float16 || (self == .bfloat16 && other == .float16))
    case (false, true): return to >= from && self != .float16 && self != .bfloat16
    case (true, false): return false
    case (false, false):
      if self == .bool { return false }
      return other.isSignedInteger ? isSignedInteger && to >= from : to >= from
    }
  }

  /// Significant bits.
  private var precision: Int {
    switch self {
    case .bool: 1
    case .bfloat16: 8
    case .float16: 11
    case .float32: 24
    case .float64: 53
    default: isSignedInteger ? bitWidth - 1 : bitWidth
    }
  }
}
