import Graph
import ModelFiles

// Arithmetic on tensors of broadcastable shapes. Element types are promoted as Keras does; a Swift number takes the
// tensor's type.

extension Tensor {
  /// An elementwise function of two tensors, in their common type.
  func binary(
    _ className: String, _ other: Tensor, _ body: @escaping @Sendable (Expression, Expression) -> Expression
  ) -> Tensor {
    operation(className, with: [.tensor(other)]) { operands in
      let (a, b) = promoted(operands[0], operands[1])
      return body(a, b)
    }
  }

  /// An elementwise function of a tensor and a number, in the tensor's type (float32 for an integer tensor and a
  /// fractional number).
  func binary(
    _ className: String, number: Double, reversed: Bool = false,
    _ body: @escaping @Sendable (Expression, Expression) -> Expression
  ) -> Tensor {
    let isWhole = number == number.rounded() && number.magnitude < 0x1p53
    let value = Argument.value(isWhole && !dtype.isFloatingPoint ? .integer(Int64(number)) : .number(number))
    let arguments = reversed ? [value, .tensor(self)] : [.tensor(self), value]
    return Operation(className: className, arguments: arguments).apply { operands in
      var x = operands[0]
      if x.dtype == .bool { x = x.converted(to: isWhole ? .int32 : .float32) }
      if !x.dtype.isFloatingPoint && !isWhole { x = x.converted(to: .float32) }
      let constant = x.constant(number)
      return [reversed ? body(constant, x) : body(x, constant)]
    }[0]
  }

  /// The sum; of bools whether either holds, as in NumPy.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    a.binary("Add", b) { $0.dtype == .bool ? $0.binary(.or, $1) : $0 + $1 }
  }
  public static func - (a: Tensor, b: Tensor) -> Tensor { a.binary("Subtract", b, -) }
  /// The product; of bools whether both hold.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    a.binary("Multiply", b) { $0.dtype == .bool ? $0.binary(.and, $1) : $0 * $1 }
  }
  public static func / (a: Tensor, b: Tensor) -> Tensor { a.binary("TrueDivide", b) { $0.floating / $1.floating } }
  public static prefix func - (a: Tensor) -> Tensor { a.unary("Negative") { -$0 } }

  public static func + (a: Tensor, b: Double) -> Tensor { a.binary("Add", number: b, +) }
  public static func - (a: Tensor, b: Double) -> Tensor { a.binary("Subtract", number: b, -) }
  public static func * (a: Tensor, b: Double) -> Tensor { a.binary("Multiply", number: b, *) }
  public static func / (a: Tensor, b: Double) -> Tensor {
    a.binary("TrueDivide", number: b) { $0.floating / $1.floating }
  }
  public static func + (a: Double, b: Tensor) -> Tensor { b.binary("Add", number: a, reversed: true, +) }
  public static func - (a: Double, b: Tensor) -> Tensor { b.binary("Subtract", number: a, reversed: true, -) }
  public static func * (a: Double, b: Tensor) -> Tensor { b.binary("Multiply", number: a, reversed: true, *) }
  public static func / (a: Double, b: Tensor) -> Tensor {
    b.binary("TrueDivide", number: a, reversed: true) { $0.floating / $1.floating }
  }

  public static func += (a: inout Tensor, b: Tensor) { a = a + b }

  /// The larger of each pair; NaN where either is.
  public func maximum(_ other: Tensor) -> Tensor {
    binary("Maximum", other) { $0.dtype == .bool ? $0.binary(.or, $1) : $0.maximum($1) }
  }
  public func maximum(_ other: Double) -> Tensor { binary("Maximum", number: other) { $0.maximum($1) } }
  public func minimum(_ other: Tensor) -> Tensor {
    binary("Minimum", other) { $0.dtype == .bool ? $0.binary(.and, $1) : $0.minimum($1) }
  }
  public func minimum(_ other: Double) -> Tensor { binary("Minimum", number: other) { $0.minimum($1) } }
  public func power(_ other: Tensor) -> Tensor { binary("Power", other) { $0.numeric.power($1.numeric) } }
  public func power(_ other: Double) -> Tensor { binary("Power", number: other) { $0.power($1) } }

  /// a / b, rounded down.
  public func floorDivide(_ other: Tensor) -> Tensor {
    binary("FloorDivide", other) { $0.numeric.floorDivide($1.numeric) }
  }
  public func floorDivide(_ other: Double) -> Tensor { binary("FloorDivide", number: other) { $0.floorDivide($1) } }
  /// a − b · ⌊a / b⌋: the remainder with the divisor's sign.
  public func mod(_ other: Tensor) -> Tensor { binary("Mod", other) { $0.numeric.mod($1.numeric) } }
  public func mod(_ other: Double) -> Tensor { binary("Mod", number: other) { $0.mod($1) } }
  /// a / b, and 0 where b is 0.
  public func divideNoNaN(_ other: Tensor) -> Tensor {
    binary("DivideNoNan", other) { a, b in
      let (x, y) = (a.floating, b.floating)
      let isZero = y.equal(y.constant(0))
      return isZero.select(y.constant(0), x / isZero.select(y.constant(1), y))
    }
  }
  /// The angle of the point (other, self).
  public func arctan2(_ other: Tensor) -> Tensor {
    binary("Arctan2", other) { $0.floating.binary(.arcTangent2, $1.floating) }
  }
  /// √(a² + b²).
  public func hypot(_ other: Tensor) -> Tensor {
    binary("Hypot", other) { a, b in
      let (x, y) = (a.floating.absoluteValue, b.floating.absoluteValue)
      let (large, small) = (x.maximum(y), x.minimum(y))
      // Only the ratio is squared, so that nothing overflows.
      let isZero = large.equal(large.constant(0))
      let ratio = small / isZero.select(large.constant(1), large)
      let length = isZero.select(large, large * (ratio.square() + 1).squareRoot())
      let isInfinite = x.unary(.isInfinite).binary(.or, y.unary(.isInfinite))
      return isInfinite.select(length.constant(.infinity), length)
    }
  }
  /// log(eᵃ + eᵇ).
  public func logAddExp(_ other: Tensor) -> Tensor {
    binary("Logaddexp", other) { a, b in
      let (x, y) = (a.floating, b.floating)
      return x.logAddExp(y, scale: 1)
    }
  }
  /// log₂(2ᵃ + 2ᵇ).
  public func logAddExp2(_ other: Tensor) -> Tensor {
    binary("Logaddexp2", other) { $0.floating.logAddExp($1.floating, scale: 0.6931471805599453) }
  }
  /// The remainder with the dividend's sign.
  public func fmod(_ other: Tensor) -> Tensor { binary("Fmod", other) { $0.binary(.remainder, $1) } }
  /// 0 for numbers below 0, 1 for those above, `other` at 0.
  public func heaviside(_ other: Tensor) -> Tensor {
    binary("Heaviside", other) { a, b in
      let (x, value) = (a.floating, b.floating)
      let step = x.greater(x.constant(0)).select(x.constant(1), x.equal(x.constant(0)).select(value, x.constant(0)))
      return x.unary(.isNaN).select(x, step)
    }
  }
  /// a · 2ᵇ for whole numbers b.
  public func ldexp(_ exponent: Tensor) -> Tensor {
    operation("Ldexp", with: [.tensor(exponent)]) { operands in
      let x = operands[0].floating
      let exponent = operands[1].converted(to: x.dtype)
      // In two steps, so that neither factor overflows before the product does.
      let half = (exponent * 0.5).unary(.truncate)
      let two = x.constant(2)
      return x * two.power(half) * two.power(exponent - half)
    }
  }
  /// The next number after each element toward the other.
  public func nextAfter(_ other: Tensor) -> Tensor {
    binary("Nextafter", other) { $0.floating.binary(.nextAfter, $1.floating) }
  }
  /// The greatest common divisor of integers.
  public func gcd(_ other: Tensor) -> Tensor { binary("Gcd", other) { $0.greatestCommonDivisor($1) } }
  /// The least common multiple of integers.
  public func lcm(_ other: Tensor) -> Tensor {
    binary("Lcm", other) { a, b in
      // A division by 0 gives 0.
      (a / a.greatestCommonDivisor(b) * b).magnitude
    }
  }
  /// The larger of each pair; NaN only where both are.
  public func fmax(_ other: Tensor) -> Tensor { binary("Fmax", other) { $0.preferred(to: $1, where: .greater) } }
  public func fmin(_ other: Tensor) -> Tensor { binary("Fmin", other) { $0.preferred(to: $1, where: .less) } }

  // MARK: Comparison

  public func equal(_ other: Tensor) -> Tensor { binary("Equal", other) { $0.equal($1) } }
  public func equal(_ other: Double) -> Tensor { binary("Equal", number: other) { $0.equal($1) } }
  public func notEqual(_ other: Tensor) -> Tensor { binary("NotEqual", other) { $0.notEqual($1) } }
  public func notEqual(_ other: Double) -> Tensor { binary("NotEqual", number: other) { $0.notEqual($1) } }
  public func less(_ other: Tensor) -> Tensor { binary("Less", other) { $0.less($1) } }
  public func less(_ other: Double) -> Tensor { binary("Less", number: other) { $0.less($1) } }
  public func lessEqual(_ other: Tensor) -> Tensor { binary("LessEqual", other) { $0.lessOrEqual($1) } }
  public func lessEqual(_ other: Double) -> Tensor { binary("LessEqual", number: other) { $0.lessOrEqual($1) } }
  public func greater(_ other: Tensor) -> Tensor { binary("Greater", other) { $0.greater($1) } }
  public func greater(_ other: Double) -> Tensor { binary("Greater", number: other) { $0.greater($1) } }
  public func greaterEqual(_ other: Tensor) -> Tensor { binary("GreaterEqual", other) { $0.greaterOrEqual($1) } }
  public func greaterEqual(_ other: Double) -> Tensor {
    binary("GreaterEqual", number: other) { $0.greaterOrEqual($1) }
  }

  public func logicalAnd(_ other: Tensor) -> Tensor {
    operation("LogicalAnd", with: [.tensor(other)]) {
      $0[0].converted(to: .bool).binary(.and, $0[1].converted(to: .bool))
    }
  }
  public func logicalOr(_ other: Tensor) -> Tensor {
    operation("LogicalOr", with: [.tensor(other)]) {
      $0[0].converted(to: .bool).binary(.or, $0[1].converted(to: .bool))
    }
  }
  public func logicalNot() -> Tensor { unary("LogicalNot") { $0.converted(to: .bool).not() } }
  public func logicalXor(_ other: Tensor) -> Tensor {
    operation("LogicalXor", with: [.tensor(other)]) {
      $0[0].converted(to: .bool).binary(.xor, $0[1].converted(to: .bool))
    }
  }

  /// Whether `isClose` holds for all elements.
  public func allClose(
    _ other: Tensor, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8, equalNaN: Bool = false
  ) -> Tensor {
    let config: Config = [
      "rtol": .number(relativeTolerance), "atol": .number(absoluteTolerance), "equal_nan": .bool(equalNaN),
    ]
    return composed("AllClose", config, with: [.tensor(other)]) {
      $0[0].isClose(
        $0[1], relativeTolerance: relativeTolerance, absoluteTolerance: absoluteTolerance, equalNaN: equalNaN
      ).all()
    }
  }

  /// Whether |a − b| ≤ atol + rtol · |b|.
  public func isClose(
    _ other: Tensor, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8, equalNaN: Bool = false
  ) -> Tensor {
    // Keras's class has the tolerances among the call's arguments.
    let tolerances: [String: Argument] = [
      "rtol": .value(.number(relativeTolerance)), "atol": .value(.number(absoluteTolerance)),
    ]
    return Operation(
      className: "Isclose", config: ["equal_nan": .bool(equalNaN)], arguments: [.tensor(self), .tensor(other)],
      keyword: tolerances
    ).apply { operands in
      let (a, b) = promoted(operands[0].floating, operands[1].floating)
      let near = (a - b).absolute().lessOrEqual(b.absolute() * relativeTolerance + absoluteTolerance)
      let close = a.equal(b).binary(.or, near)
      return [equalNaN ? close.binary(.or, a.unary(.isNaN).binary(.and, b.unary(.isNaN))) : close]
    }[0]
  }
}

extension Expression {
  fileprivate var magnitude: Expression { dtype.isUnsignedInteger ? self : absolute() }

  /// Euclid's algorithm, until no pair has a remainder.
  fileprivate func greatestCommonDivisor(_ other: Expression) -> Expression {
    guard dtype.isInteger, let shape = Shape.broadcast(shape, other.shape) else {
      return failed("gcd", "takes integers of shapes that broadcast together")
    }
    let pair = [magnitude.broadcast(to: shape), other.magnitude.broadcast(to: shape)]
    return builder.whileLoop(state: pair) { state, _ in
      state[1].notEqual(state[1].constant(0)).reduce(.any, axes: nil)
    } body: { state, _ in
      let isDone = state[1].equal(state[1].constant(0))
      return [isDone.select(state[0], state[1]), isDone.select(state[1], state[0].binary(.remainder, state[1]))]
    }[0]
  }

  /// log(bᵃ + bᶜ) to the base b whose natural logarithm is `scale`.
  fileprivate func logAddExp(_ other: Expression, scale: Double) -> Expression {
    let distance = self - other
    let sum = maximum(other) + (distance.absolute() * -scale).exp().unary(.logPlusOne) / scale
    // Two equal infinities have no distance.
    return distance.unary(.isNaN).select(self + other, sum)
  }

  func mod(_ other: Expression) -> Expression {
    let remainder = binary(.remainder, other)
    return dtype.isUnsignedInteger
      ? remainder : remainder.isOpposed(to: other).select(remainder + other, remainder)
  }

  /// Whether a remainder that is not 0 has another sign than the divisor.
  private func isOpposed(to divisor: Expression) -> Expression {
    let zero = constant(0)
    return less(zero).binary(.xor, divisor.less(zero)).binary(.and, notEqual(zero))
  }

  func floorDivide(_ other: Expression) -> Expression {
    let isByZero = other.equal(other.constant(0))
    guard dtype.isFloatingPoint else {
      let (whole, remainder) = (self / other, binary(.remainder, other))
      let quotient = remainder.isOpposed(to: other).select(whole - constant(1), whole)
      // JAX's quotient by 0 has all bits set, and is rounded down once more where the signs differ.
      let allBits = constant(0).not()
      let undefined = dtype.isUnsignedInteger ? allBits : allBits - notEqual(constant(0)).converted(to: dtype)
      return isByZero.select(undefined, quotient)
    }
    let remainder = binary(.remainder, other)
    let quotient = isByZero.select(self, self - remainder) / other
    return remainder.isOpposed(to: other).select(quotient - 1, quotient).unary(.roundToEven)
  }

  /// `self` where it compares so with `other` or `other` is NaN, else `other`.
  fileprivate func preferred(to other: Expression, where comparison: Comparison) -> Expression {
    let isPreferred = compare(comparison, other)
    guard dtype.isFloatingPoint else { return isPreferred.select(self, other) }
    return isPreferred.binary(.or, other.unary(.isNaN)).select(self, other)
  }
}
