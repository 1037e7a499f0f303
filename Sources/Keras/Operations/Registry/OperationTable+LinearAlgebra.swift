import ModelFiles

extension OperationTable {
  mutating func addLinearAlgebra() {
    addBinary("Matmul", "matmul") { $0.matmul($1) }
    addBinary("Dot", "dot") { $0.dot($1) }
    addBinary("Inner", "inner") { $0.inner($1) }
    addBinary("Outer", "outer") { $0.outer($1) }
    addBinary("Vdot", "vdot") { $0.vdot($1) }
    addBinary("Cross", "cross") { $0.cross($1) }
    addBinary("Kron", "kron") { $0.kron($1) }
    add("Tensordot", "tensordot", ["x1", "x2", "axes"]) { call in
      let (a, b) = try call.operands()
      guard let pairs = try call.value("axes")?.array else { return a.tensordot(b, axes: try call.int("axes", 2)) }
      let axes = pairs.map { $0.array?.compactMap(\.int) ?? [$0.int].compactMap { $0 } }
      guard axes.count == 2 else { throw call.error("axes", "must be a number or two lists of axes") }
      return a.tensordot(b, axes: (axes[0], axes[1]))
    }
    add("Einsum", "einsum", ["subscripts", "operands"]) { call in
      einsum(try call.string("subscripts", ""), try call.variadic(from: "operands"))
    }
    add("Norm", "norm", ["x", "ord", "axis", "keepdims"]) { call in
      try call.tensor("x").norm(
        NormOrder(serialized: call.value("ord")), axis: call.optionalInts("axis"), keepDims: call.flag("keepdims"))
    }
    add("Cholesky", "cholesky", ["x", "upper"]) { try $0.tensor("x").cholesky(upper: $0.flag("upper")) }
    add("CholeskyInverse", "cholesky_inverse", ["x", "upper"]) {
      try $0.tensor("x").choleskyInverse(upper: $0.flag("upper"))
    }
    addMultiple("LuFactor", "lu_factor") { call in
      let (lu, pivots) = try call.tensor("x").luFactor()
      return [lu, pivots]
    }
    add("MatrixRank", "matrix_rank", ["x", "tol"]) {
      try $0.tensor("x").matrixRank(tolerance: $0.optionalDouble("tol"))
    }
    add("Lstsq", "lstsq", ["a", "b", "rcond"]) {
      try $0.tensor("a").leastSquares($0.tensor("b"), rcond: $0.optionalDouble("rcond"))
    }
    add("CDist", "cdist", ["x", "y"]) { try $0.tensor("x").pairwiseDistances($0.tensor("y")) }
    addUnary("Inv", "inv") { $0.inverse() }
    addUnary("Det", "det") { $0.determinant() }
    addUnary("Logdet", "logdet") { $0.logDeterminant() }
    addMultiple("Slogdet", "slogdet") { call in
      let (sign, logarithm) = try call.tensor("x").signAndLogDeterminant()
      return [sign, logarithm]
    }
    add("Solve", "solve", ["a", "b"]) { try $0.tensor("a").solve($0.tensor("b")) }
    add("SolveTriangular", "solve_triangular", ["a", "b", "lower"]) {
      try $0.tensor("a").solveTriangular($0.tensor("b"), lower: $0.flag("lower"))
    }
    add("Pinv", "pinv", ["x", "rcond"]) { try $0.tensor("x").pseudoInverse(rcond: $0.optionalDouble("rcond")) }
    addMultiple("Qr", "qr", ["x", "mode"]) { call in
      let (q, r) = try call.tensor("x").qr(complete: call.string("mode", "reduced") == "complete")
      return [q, r]
    }
    addMultiple("SVD", "svd", ["x", "full_matrices", "compute_uv"]) { call in
      let (u, s, vt) = try call.tensor("x").svd(fullMatrices: call.flag("full_matrices", true))
      return try call.flag("compute_uv", true) ? [u, s, vt] : [s]
    }
    addMultiple("Eigh", "eigh") { call in
      let (values, vectors) = try call.tensor("x").eigh()
      return [values, vectors]
    }
  }
}
