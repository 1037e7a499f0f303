/// Functions of one element. Result type is the operand's, but for the predicates, which give `bool`.
public enum UnaryOp: String, Hashable, Sendable, CaseIterable {
  case negate, absolute, sign
  case exp, expMinusOne, log, logPlusOne
  case squareRoot, inverseSquareRoot, reciprocal, square
  case sine, cosine, tangent, arcSine, arcCosine, arcTangent
  case hyperbolicSine, hyperbolicCosine, tanh, inverseHyperbolicSine, inverseHyperbolicCosine, inverseHyperbolicTangent
  /// The error function, its inverse, log |Γ| and its derivative.
  case errorFunction, inverseErrorFunction, logGamma, digamma
  /// 1 / (1 + e⁻ˣ).
  case sigmoid
  /// max(x, 0); its gradient at 0 is 0.
  case relu
  /// Toward −∞, toward +∞, to nearest with ties to even, toward zero.
  case floor, ceiling, roundToEven, truncate
  /// Bitwise on integers, logical on `bool`.
  case not
  case isNaN, isInfinite, isFinite
  /// The number of set bits.
  case populationCount
}

/// Functions of two elements of the same type.
public enum BinaryOp: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply
  /// Integers: toward zero; by zero gives 0.
  case divide
  /// Sign of the dividend (C's `fmod`); integers by zero give 0.
  case remainder
  /// Integers: a negative exponent gives 0, but for the bases 1 and −1.
  case power
  /// NaN wins. The gradient of a tie is shared equally.
  case maximum, minimum
  case arcTangent2
  /// Bitwise on integers, logical on `bool`.
  case and, or, xor
  /// Shifts by the type's width or more give 0 (or the sign).
  case shiftLeft, shiftRightArithmetic, shiftRightLogical
  /// The next number after the first toward the second.
  case nextAfter
}

/// Order of two elements; comparisons with NaN are false but for `notEqual`.
public enum Comparison: String, Hashable, Sendable, CaseIterable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

/// How elements are combined along axes. `all` and `any` take `bool`.
public enum Reduction: String, Hashable, Sendable, CaseIterable {
  case sum, product, maximum, minimum, all, any
}

public enum ArgReduction: String, Hashable, Sendable, CaseIterable {
  case maximum, minimum
}
