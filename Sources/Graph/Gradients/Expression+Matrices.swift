// Products and parts of stacks of matrices, as the gradients of factorisations read best.

extension Expression {
  private func product(_ other: Expression, _ left: Int, _ right: Int) -> Expression {
    let batch = Array((0..<rank).dropLast(2))
    return dot(
      other,
      DotDimensions(leftBatch: batch, rightBatch: batch, leftContracting: [left], rightContracting: [right]))
  }

  /// self · other.
  func times(_ other: Expression) -> Expression { product(other, rank - 1, rank - 2) }
  /// selfᵀ · other.
  func transposedTimes(_ other: Expression) -> Expression { product(other, rank - 2, rank - 2) }
  /// self · otherᵀ.
  func timesTransposed(_ other: Expression) -> Expression { product(other, rank - 1, rank - 1) }

  var matrixTransposed: Expression {
    transpose(Array((0..<rank).dropLast(2)) + [rank - 1, rank - 2])
  }

  /// Compares every element's row with its column.
  private func position(_ comparison: Comparison) -> Expression {
    let type = TensorType(.int32, shape)
    return builder.iota(type, axis: rank - 2).compare(comparison, builder.iota(type, axis: rank - 1))
  }

  /// One triangle, with the diagonal unless `strict`; zeros elsewhere.
  func triangle(lower: Bool, strict: Bool = false) -> Expression {
    position(lower ? (strict ? .greater : .greaterOrEqual) : (strict ? .less : .lessOrEqual))
      .select(self, constant(0))
  }

  /// 1 on the diagonal of a matrix shaped as this one, 0 elsewhere.
  var identityMask: Expression { position(.equal).converted(to: dtype) }

  /// The vectors of the last axis as diagonal matrices.
  var diagonal: Expression {
    let matrix = expandDimension(-1).broadcast(to: Shape(shape.dimensions + [shape[-1]]))
    return matrix.position(.equal).select(matrix, constant(0))
  }

  /// The matrix of 1 / (self[j] − self[i]), 0 on the diagonal.
  var inverseDifferences: Expression {
    let differences = expandDimension(-2) - expandDimension(-1)
    let diagonal = differences.position(.equal)
    return diagonal.select(constant(0), diagonal.select(constant(1), differences).unary(.reciprocal))
  }

  /// The order in which LU's row swaps leave the rows; `self` is int32 `[…, k]`.
  func permutation(rows: Int) -> Expression {
    let batch = Array(shape.dimensions.dropLast())
    let count = shape[-1]
    let type = TensorType(.int32, Shape(batch + [rows]))
    let pivots = transpose([rank - 1] + Array((0..<rank).dropLast()))
    let steps = builder.iota(TensorType(.int32, [count]), axis: 0)
    let identity = builder.iota(type, axis: batch.count)
    let result = builder.scan(carries: [identity], sequences: [pivots, steps], constants: [], length: count) {
      carries, slices, _ in
      let positions = slices[0].builder.iota(type, axis: batch.count)
      let (pivot, step) = (slices[0].expandDimension(-1), slices[1])
      let swapped = positions.equal(step).select(pivot, positions.equal(pivot).select(step, positions))
      return ([carries[0].gatherAlong(swapped, axis: batch.count)], [])
    }
    return result.carries[0]
  }
}
