import Graph
import ModelFiles

// Factorisations and solutions of linear equations, over the last two axes; leading axes are batches.

extension Tensor {
  private func matrices(
    _ className: String, _ config: Config = [:], _ body: @escaping @Sendable (Expression) -> [Expression]
  )
    -> [Tensor]
  {
    guard rank >= 2 else { return [rejected(className, "takes matrices, found shape \(describe(partialShape))")] }
    return Operation(className: className, config: config, arguments: [.tensor(self)]).apply { body($0[0].floating) }
  }

  /// The lower triangular L with L·Lᵀ = A; NaN where A is not positive definite. `upper`: its transpose.
  public func cholesky(upper: Bool = false) -> Tensor {
    matrices("Cholesky", ["upper": .bool(upper)]) {
      [upper ? $0.cholesky().matrixTransposed : $0.cholesky()]
    }[0]
  }

  /// The inverse of square matrices.
  public func inverse() -> Tensor {
    matrices("Inv") { x in
      guard x.shape[-1] == x.shape[-2] else { return [x.failed("inv", "takes square matrices, found \(x.shape)")] }
      return [x.solve(x.identity)]
    }[0]
  }

  /// The determinant of square matrices.
  public func determinant() -> Tensor {
    matrices("Det") { x in
      let (sign, diagonal) = x.signAndDiagonal()
      return [sign * diagonal.reduce(.product, axes: [-1])]
    }[0]
  }

  /// The determinant's sign and the logarithm of its magnitude.
  public func signAndLogDeterminant() -> (sign: Tensor, logarithm: Tensor) {
    let results = matrices("Slogdet") { x in
      let (sign, diagonal) = x.signAndDiagonal()
      return [
        sign * diagonal.unary(.sign).reduce(.product, axes: [-1]), diagonal.absolute().log().sum(axes: [-1]),
      ]
    }
    return (results[0], results[results.count - 1])
  }

  /// The logarithm of the determinant of positive definite matrices.
  public func logDeterminant() -> Tensor {
    matrices("Logdet") { x in
      let diagonal = x.cholesky() * x.identity
      return [diagonal.sum(axes: [-1]).log().sum(axes: [-1]) * 2]
    }[0]
  }

  /// x in A·x = b, b a matrix of right sides (or a vector).
  public func solve(_ rightHandSide: Tensor) -> Tensor {
    operation("Solve", with: [.tensor(rightHandSide)]) { operands in
      let (a, b) = promoted(operands[0].floating, operands[1].floating)
      return b.rank == a.rank - 1 ? a.solve(b.expandDimension(-1)).squeeze(-1) : a.solve(b)
    }
  }

  /// x in A·x = b with a triangular A, of which only one triangle is read.
  public func solveTriangular(_ rightHandSide: Tensor, lower: Bool = false) -> Tensor {
    operation("SolveTriangular", ["lower": .bool(lower)], with: [.tensor(rightHandSide)]) { operands in
      let (a, b) = promoted(operands[0].floating, operands[1].floating)
      let attributes = TriangularSolve(lower: lower)
      return b.rank == a.rank - 1
        ? a.triangularSolve(b.expandDimension(-1), attributes).squeeze(-1) : a.triangularSolve(b, attributes)
    }
  }

  /// Q with orthonormal columns and upper triangular R with Q·R = A.
  public func qr(complete: Bool = false) -> (q: Tensor, r: Tensor) {
    let results = matrices("Qr", ["mode": complete ? "complete" : "reduced"]) {
      Array($0.factorize(.qr(complete: complete)).prefix(2))
    }
    return (results[0], results[results.count - 1])
  }

  /// U, the singular values in descending order, and Vᵀ with U·diag(s)·Vᵀ = A.
  public func svd(fullMatrices: Bool = true) -> (u: Tensor, s: Tensor, vt: Tensor) {
    let results = matrices("SVD", ["full_matrices": .bool(fullMatrices), "compute_uv": true]) {
      Array($0.factorize(.svd(complete: fullMatrices)).prefix(3))
    }
    return (results[0], results[results.count / 2], results[results.count - 1])
  }

  /// The eigenvalues of symmetric matrices, ascending, and the eigenvectors in columns.
  public func eigh() -> (values: Tensor, vectors: Tensor) {
    let results = matrices("Eigh") { Array($0.factorize(.eigh).prefix(2)) }
    return (results[0], results[results.count - 1])
  }

  /// A⁻¹ of the matrix whose Cholesky factor this is.
  public func choleskyInverse(upper: Bool = false) -> Tensor {
    matrices("CholeskyInverse", ["upper": .bool(upper)]) { x in
      let inverse = x.triangularSolve(x.identity, TriangularSolve(lower: !upper))
      return [
        upper ? inverse.matmul(inverse.matrixTransposed) : inverse.matrixTransposed.matmul(inverse)
      ]
    }[0]
  }

  /// L and U in one matrix, and for each row the one that it was exchanged with, int32.
  public func luFactor() -> (lu: Tensor, pivots: Tensor) {
    let results = matrices("LuFactor") { Array($0.factorize(.lu).prefix(2)) }
    return (results[0], results[results.count - 1])
  }

  /// The number of singular values above `tolerance`, int32; unless given the largest one times the larger extent
  /// times the type's precision.
  public func matrixRank(tolerance: Double? = nil) -> Tensor {
    matrices("MatrixRank", ["tol": JSONValue(tolerance)]) { x in
      let singular = x.factorize(.svd(complete: false))[1]
      let extent = Double(Swift.max(x.shape[-1], x.shape[-2]))
      let limit =
        tolerance.map { singular.constant($0) }
        ?? singular.maximum(axes: [-1], keepDimensions: true) * (extent * x.dtype.precision)
      return [singular.greater(limit).converted(to: .int32).sum(axes: [-1])]
    }[0]
  }

  /// The x of least norm that makes ‖A·x − b‖ smallest; singular values below `rcond` times the largest count as 0.
  public func leastSquares(_ rightHandSide: Tensor, rcond: Double? = nil) -> Tensor {
    guard rank == 2, rightHandSide.rank == 1 || rightHandSide.rank == 2 else {
      return rejected("lstsq", "takes a matrix and a vector or matrix")
    }
    return operation("Lstsq", ["rcond": JSONValue(rcond)], with: [.tensor(rightHandSide)]) { operands in
      let (a, b) = promoted(operands[0].floating, operands[1].floating)
      let limit = rcond ?? a.dtype.precision * Double(Swift.max(a.shape[0], a.shape[1]))
      return a.pseudoInverse(limit).matmul(b)
    }
  }

  /// The Moore–Penrose inverse; singular values below `rcond` times the largest count as 0.
  public func pseudoInverse(rcond: Double? = nil) -> Tensor {
    matrices("Pinv", ["rcond": JSONValue(rcond)]) { x in
      [x.pseudoInverse(rcond ?? 10 * Double(Swift.max(x.shape[-1], x.shape[-2])) * x.dtype.precision)]
    }[0]
  }
}

extension DType {
  /// The distance from 1 to the next number of a floating-point type.
  var precision: Double {
    switch self {
    case .float64: .ulpOfOne
    case .float16: 0x1p-10
    case .bfloat16: 0x1p-7
    default: Double(Float.ulpOfOne)
    }
  }
}

extension Expression {
  /// By singular values, of which those not above `limit` times the largest count as 0.
  fileprivate func pseudoInverse(_ limit: Double) -> Expression {
    let parts = factorize(.svd(complete: false))
    let (u, s, vt) = (parts[0], parts[1], parts[2])
    let isLarge = s.greater(s.maximum(axes: [-1], keepDimensions: true) * limit)
    let inverse = isLarge.select(1 / isLarge.select(s, s.constant(1)), s.constant(0))
    return (vt.matrixTransposed * inverse.expandDimension(-2)).matmul(u.matrixTransposed)
  }

  fileprivate var matrixTransposed: Expression {
    transpose(Array((0..<rank).dropLast(2)) + [rank - 1, rank - 2])
  }

  /// The identity matrix in every batch.
  fileprivate var identity: Expression {
    let type = TensorType(.int32, shape)
    return builder.iota(type, axis: rank - 2).equal(builder.iota(type, axis: rank - 1)).converted(to: dtype)
  }

  /// x in self·x = b, by LU with row exchanges.
  fileprivate func solve(_ b: Expression) -> Expression {
    let parts = factorize(.lu)
    let (lu, pivots) = (parts[0], parts[1])
    let rows = shape[-1]
    // The exchanges one after the other, applied to the numbers of the rows.
    let lead = Array(shape.dimensions.dropLast(2))
    let orderShape = Shape(lead + [rows])
    var order = builder.iota(TensorType(.int32, orderShape), axis: lead.count)
    for row in 0..<rows {
      let pivot = pivots.slice(axis: -1, row..<(row + 1))
      let here = order.slice(axis: -1, row..<(row + 1))
      let there = order.gatherAlong(pivot, axis: -1)
      let places = builder.iota(TensorType(.int32, orderShape), axis: lead.count)
      let isRow = places.equal(builder.constant(Double(row), .int32))
      order = isRow.select(there, places.equal(pivot).select(here, order))
    }
    let target = Shape(lead + b.shape.dimensions.suffix(2))
    let right = b.broadcast(to: target)
    let index = order.expandDimension(-1).broadcast(to: target)
    let permuted = right.gatherAlong(index, axis: -2)
    let middle = lu.triangularSolve(permuted, TriangularSolve(lower: true, unitDiagonal: true))
    return lu.triangularSolve(middle, TriangularSolve(lower: false))
  }

  /// The sign of the row exchanges of the LU factorisation, and U's diagonal.
  fileprivate func signAndDiagonal() -> (sign: Expression, diagonal: Expression) {
    let parts = factorize(.lu)
    let (lu, pivots) = (parts[0], parts[1])
    let places = builder.iota(pivots.type, axis: pivots.rank - 1)
    let exchanges = pivots.notEqual(places).select(constant(-1), constant(1))
    return (exchanges.reduce(.product, axes: [-1]), (lu * identity).sum(axes: [-1]))
  }
}
