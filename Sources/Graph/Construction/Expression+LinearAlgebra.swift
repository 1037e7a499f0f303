extension Expression {
  public func dot(_ other: Expression, _ dimensions: DotDimensions) -> Expression { apply(.dot(dimensions), other) }

  /// The last axis of `self` with the last but one of `other`; leading axes broadcast; vectors as in NumPy.
  public func matmul(_ other: Expression) -> Expression {
    if rank == 0 || other.rank == 0 { return failed("matmul", "takes vectors or matrices, found a scalar") }
    if rank == 1 {
      return expandDimension(0).matmul(other).squeeze(other.rank == 1 ? 0 : -2)
    }
    if other.rank == 1 { return matmul(other.expandDimension(1)).squeeze(-1) }
    if other.rank == 2 {
      return dot(other, DotDimensions(leftContracting: [rank - 1], rightContracting: [0]))
    }
    let (left, right) = (Shape(Array(shape.dimensions.dropLast(2))), Shape(Array(other.shape.dimensions.dropLast(2))))
    guard let batch = Shape.broadcast(left, right) else {
      return failed("matmul", "shapes \(shape) and \(other.shape) do not broadcast together")
    }
    let a = broadcast(to: Shape(batch.dimensions + shape.dimensions.suffix(2)))
    let b = other.broadcast(to: Shape(batch.dimensions + other.shape.dimensions.suffix(2)))
    let axes = Array(0..<batch.rank)
    return a.dot(
      b,
      DotDimensions(
        leftBatch: axes, rightBatch: axes, leftContracting: [batch.rank + 1], rightContracting: [batch.rank]))
  }

  public func cholesky() -> Expression { apply(.cholesky) }

  public func triangularSolve(_ rightHandSide: Expression, _ attributes: TriangularSolve) -> Expression {
    apply(.triangularSolve(attributes), rightHandSide)
  }

  public func factorize(_ factorization: Factorization) -> [Expression] {
    builder.add(.factorize(factorization), [self])
  }
}
