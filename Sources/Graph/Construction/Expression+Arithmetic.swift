// Elementwise functions. Binary ones broadcast as NumPy does; both sides must have the same element type.

extension Expression {
  public func unary(_ op: UnaryOp) -> Expression { apply(.unary(op)) }

  public func binary(_ op: BinaryOp, _ other: Expression) -> Expression {
    broadcasting(other, as: op.rawValue) { $0.apply(.binary(op), $1) }
  }

  public func compare(_ comparison: Comparison, _ other: Expression) -> Expression {
    broadcasting(other, as: comparison.rawValue) { $0.apply(.compare(comparison), $1) }
  }

  /// Repeats both sides to their common shape and combines them.
  private func broadcasting(_ other: Expression, as name: String, _ combine: (Expression, Expression) -> Expression)
    -> Expression
  {
    if shape == other.shape { return combine(self, other) }
    guard let shape = Shape.broadcast(shape, other.shape) else {
      return failed(name, "shapes \(self.shape) and \(other.shape) do not broadcast together")
    }
    return combine(broadcast(to: shape), other.broadcast(to: shape))
  }

  /// Where `self` (bool) holds `onTrue`, elsewhere `onFalse`; all three broadcast.
  public func select(_ onTrue: Expression, _ onFalse: Expression) -> Expression {
    guard let values = Shape.broadcast(onTrue.shape, onFalse.shape), let shape = Shape.broadcast(self.shape, values)
    else {
      return failed("select", "shapes \(self.shape), \(onTrue.shape), \(onFalse.shape) do not broadcast together")
    }
    return broadcast(to: shape).apply(.select, onTrue.broadcast(to: shape), onFalse.broadcast(to: shape))
  }

  public func converted(to dtype: DType) -> Expression { dtype == self.dtype ? self : apply(.convert(dtype)) }

  /// Carries no gradient.
  public func stopGradient() -> Expression { apply(.stopGradient) }

  public static func + (a: Expression, b: Expression) -> Expression { a.binary(.add, b) }
  public static func - (a: Expression, b: Expression) -> Expression { a.binary(.subtract, b) }
  public static func * (a: Expression, b: Expression) -> Expression { a.binary(.multiply, b) }
  public static func / (a: Expression, b: Expression) -> Expression { a.binary(.divide, b) }
  public static prefix func - (a: Expression) -> Expression { a.unary(.negate) }

  public static func + (a: Expression, b: Double) -> Expression { a + a.constant(b) }
  public static func - (a: Expression, b: Double) -> Expression { a - a.constant(b) }
  public static func * (a: Expression, b: Double) -> Expression { a * a.constant(b) }
  public static func / (a: Expression, b: Double) -> Expression { a / a.constant(b) }
  public static func + (a: Double, b: Expression) -> Expression { b.constant(a) + b }
  public static func - (a: Double, b: Expression) -> Expression { b.constant(a) - b }
  public static func * (a: Double, b: Expression) -> Expression { b.constant(a) * b }
  public static func / (a: Double, b: Expression) -> Expression { b.constant(a) / b }

  public func maximum(_ other: Expression) -> Expression { binary(.maximum, other) }
  public func minimum(_ other: Expression) -> Expression { binary(.minimum, other) }
  public func maximum(_ other: Double) -> Expression { maximum(constant(other)) }
  public func minimum(_ other: Double) -> Expression { minimum(constant(other)) }
  public func power(_ other: Expression) -> Expression { binary(.power, other) }

  public func exp() -> Expression { unary(.exp) }
  public func log() -> Expression { unary(.log) }
  public func squareRoot() -> Expression { unary(.squareRoot) }
  public func inverseSquareRoot() -> Expression { unary(.inverseSquareRoot) }
  public func square() -> Expression { unary(.square) }
  public func absolute() -> Expression { unary(.absolute) }
  public func tanh() -> Expression { unary(.tanh) }
  public func sigmoid() -> Expression { unary(.sigmoid) }
  public func relu() -> Expression { unary(.relu) }
  public func not() -> Expression { unary(.not) }

  public func equal(_ other: Expression) -> Expression { compare(.equal, other) }
  public func notEqual(_ other: Expression) -> Expression { compare(.notEqual, other) }
  public func less(_ other: Expression) -> Expression { compare(.less, other) }
  public func lessOrEqual(_ other: Expression) -> Expression { compare(.lessOrEqual, other) }
  public func greater(_ other: Expression) -> Expression { compare(.greater, other) }
  public func greaterOrEqual(_ other: Expression) -> Expression { compare(.greaterOrEqual, other) }
}
