import Graph

extension DType {
  /// The type in which two tensors are combined: Keras's (and JAX's) lattice, with 64-bit floats only by request.
  func promoted(with other: DType) -> DType {
    if self == other { return self }
    if self == .bool { return other }
    if other == .bool { return self }
    if isFloatingPoint != other.isFloatingPoint { return isFloatingPoint ? self : other }
    if isFloatingPoint {
      if byteCount != other.byteCount { return byteCount > other.byteCount ? self : other }
      return .float32
    }
    if isSignedInteger == other.isSignedInteger { return byteCount > other.byteCount ? self : other }
    let (signed, unsigned) = isSignedInteger ? (self, other) : (other, self)
    if signed.byteCount > unsigned.byteCount { return signed }
    switch unsigned.byteCount {
    case 1: return .int16
    case 2: return .int32
    case 4: return .int64
    default: return .float32
    }
  }

  /// The type of functions that have no integer values (`exp`, `mean`): integers and bool become float32.
  var floating: DType { isFloatingPoint ? self : .float32 }
}

extension Expression {
  var floating: Expression { converted(to: dtype.floating) }
}

/// Both sides in their common type.
func promoted(_ a: Expression, _ b: Expression) -> (Expression, Expression) {
  let dtype = a.dtype.promoted(with: b.dtype)
  return (a.converted(to: dtype), b.converted(to: dtype))
}
