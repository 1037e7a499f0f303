extension Matrix {
  /// Eigenvalues, ascending, and eigenvectors of a symmetric matrix, by cyclic Jacobi rotations. Reads the lower
  /// triangle.
  func eigh() -> (values: [Double], vectors: Matrix) {
    var a = Matrix(rows, rows) { $0 >= $1 ? self[$0, $1] : self[$1, $0] }
    var v = Matrix.identity(rows)
    for _ in 0..<Matrix.sweeps {
      var rotated = false
      for p in 0..<rows {
        for q in (p + 1)..<Swift.max(rows, p + 1) where Swift.abs(a[p, q]) > Matrix.tolerance * a.scale(p, q) {
          rotated = true
          let (c, s) = Matrix.rotation(a[p, p], a[p, q], a[q, q])
          a.rotateColumns(p, q, c, s)
          a = a.transposed
          a.rotateColumns(p, q, c, s)
          a = a.transposed
          v.rotateColumns(p, q, c, s)
        }
      }
      if !rotated { break }
    }
    let order = (0..<rows).sorted { a[$0, $0] < a[$1, $1] }
    return (order.map { a[$0, $0] }, Matrix(rows, rows) { v[$0, order[$1]] })
  }

  /// Singular values, descending, by one-sided Jacobi rotations.
  func svd(complete: Bool) -> (u: Matrix, s: [Double], vt: Matrix) {
    if rows < columns {
      let (u, s, vt) = transposed.svd(complete: complete)
      return (vt.transposed, s, u.transposed)
    }
    var (a, v) = (self, Matrix.identity(columns))
    for _ in 0..<Matrix.sweeps {
      var rotated = false
      for p in 0..<columns {
        for q in (p + 1)..<Swift.max(columns, p + 1) {
          let (pp, pq, qq) = (a.inner(p, p), a.inner(p, q), a.inner(q, q))
          guard Swift.abs(pq) > Matrix.tolerance * (pp * qq).squareRoot(), pq != 0 else { continue }
          rotated = true
          let (c, s) = Matrix.rotation(pp, pq, qq)
          a.rotateColumns(p, q, c, s)
          v.rotateColumns(p, q, c, s)
        }
      }
      if !rotated { break }
    }
    let norms = (0..<columns).map { a.inner($0, $0).squareRoot() }
    let order = (0..<columns).sorted { norms[$0] > norms[$1] }
    let largest = norms.max() ?? 0
    var basis: [[Double]] = []
    for j in order where norms[j] > Matrix.tolerance * largest { basis.append(a.column(j).map { $0 / norms[j] }) }
    let u = Matrix.completed(basis, rows: rows, columns: complete ? rows : columns)
    return (u, order.map { norms[$0] }, Matrix(columns, columns) { v[$1, order[$0]] })
  }

  private static let sweeps = 60
  private static let tolerance = 1e-15

  private func scale(_ p: Int, _ q: Int) -> Double {
    let product = Swift.abs(self[p, p] * self[q, q]).squareRoot()
    return product > 0 ? product : Double.leastNormalMagnitude
  }

  private func inner(_ p: Int, _ q: Int) -> Double { (0..<rows).reduce(0) { $0 + self[$1, p] * self[$1, q] } }

  /// The rotation that makes the symmetric 2×2 matrix [[pp, pq], [pq, qq]] diagonal.
  private static func rotation(_ pp: Double, _ pq: Double, _ qq: Double) -> (c: Double, s: Double) {
    let theta = (qq - pp) / (2 * pq)
    let t = (theta < 0 ? -1 : 1) / (Swift.abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    return (c, t * c)
  }

  private mutating func rotateColumns(_ p: Int, _ q: Int, _ c: Double, _ s: Double) {
    for i in 0..<rows {
      let (x, y) = (self[i, p], self[i, q])
      self[i, p] = c * x - s * y
      self[i, q] = s * x + c * y
    }
  }

  /// Orthonormal columns followed by what completes them, from the unit vectors by Gram and Schmidt.
  private static func completed(_ basis: [[Double]], rows: Int, columns: Int) -> Matrix {
    var basis = basis
    var axis = 0
    while basis.count < columns, axis < rows {
      var candidate = (0..<rows).map { $0 == axis ? 1.0 : 0.0 }
      for _ in 0..<2 {
        for vector in basis {
          let projection = zip(candidate, vector).reduce(0) { $0 + $1.0 * $1.1 }
          for i in 0..<rows { candidate[i] -= projection * vector[i] }
        }
      }
      let norm = candidate.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if norm > 1e-8 { basis.append(candidate.map { $0 / norm }) }
      axis += 1
    }
    return Matrix(rows, columns) { $1 < basis.count ? basis[$1][$0] : .nan }
  }
}
