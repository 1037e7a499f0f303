/// A dense matrix with the textbook algorithms, for the interpreter.
struct Matrix {
  let rows: Int
  let columns: Int
  var elements: [Double]

  init(rows: Int, columns: Int, elements: [Double]) {
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  init(_ rows: Int, _ columns: Int, _ element: (Int, Int) -> Double = { _, _ in 0 }) {
    self.rows = rows
    self.columns = columns
    elements = (0..<rows).flatMap { i in (0..<columns).map { j in element(i, j) } }
  }

  static func identity(_ size: Int) -> Matrix { Matrix(size, size) { $0 == $1 ? 1 : 0 } }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  var transposed: Matrix { Matrix(columns, rows) { self[$1, $0] } }

  func column(_ j: Int) -> [Double] { (0..<rows).map { self[$0, j] } }

  mutating func swapRows(_ i: Int, _ j: Int) {
    for column in 0..<columns { elements.swapAt(i * columns + column, j * columns + column) }
  }

  func prefix(rows: Int, columns: Int) -> Matrix { Matrix(rows, columns) { self[$0, $1] } }

  /// The lower factor, NaN where the matrix is not positive definite. Reads the lower triangle.
  func cholesky() -> Matrix {
    var l = Matrix(rows, rows)
    for j in 0..<rows {
      let pivot = (0..<j).reduce(self[j, j]) { $0 - l[j, $1] * l[j, $1] }
      guard pivot > 0 else { return Matrix(rows, rows) { _, _ in .nan } }
      l[j, j] = pivot.squareRoot()
      for i in (j + 1)..<Swift.max(rows, j + 1) {
        l[i, j] = (0..<j).reduce(self[i, j]) { $0 - l[i, $1] * l[j, $1] } / l[j, j]
      }
    }
    return l
  }

  /// Substitution with one triangle of this matrix.
  func solve(_ b: Matrix, lower: Bool, transposed: Bool, unitDiagonal: Bool) -> Matrix {
    let a = transposed ? self.transposed : self
    let downward = lower != transposed
    var x = b
    for i in downward ? Array(0..<rows) : (0..<rows).reversed() {
      for column in 0..<b.columns {
        let known = downward ? 0..<i : (i + 1)..<rows
        let rest = known.reduce(b[i, column]) { $0 - a[i, $1] * x[$1, column] }
        x[i, column] = unitDiagonal ? rest : rest / a[i, i]
      }
    }
    return x
  }

  /// Gaussian elimination with partial pivoting.
  func lu() -> (lu: Matrix, pivots: [Int]) {
    var (a, pivots) = (self, [Int]())
    for k in 0..<Swift.min(rows, columns) {
      let pivot = (k..<rows).reduce(k) { Swift.abs(a[$1, k]) > Swift.abs(a[$0, k]) ? $1 : $0 }
      pivots.append(pivot)
      a.swapRows(k, pivot)
      guard a[k, k] != 0 else { continue }
      for i in (k + 1)..<Swift.max(rows, k + 1) {
        a[i, k] /= a[k, k]
        for j in (k + 1)..<Swift.max(columns, k + 1) { a[i, j] -= a[i, k] * a[k, j] }
      }
    }
    return (a, pivots)
  }

  /// Householder reflections, with LAPACK's signs.
  func qr(complete: Bool) -> (q: Matrix, r: Matrix) {
    var (q, r) = (Matrix.identity(rows), self)
    for k in 0..<Swift.min(rows, columns) {
      var v = (0..<rows).map { $0 < k ? 0 : r[$0, k] }
      let tail = v[(k + 1)...].reduce(0) { $0 + $1 * $1 }
      guard tail > 0 else { continue }
      let norm = (v[k] * v[k] + tail).squareRoot()
      v[k] += v[k] < 0 ? -norm : norm
      let scale = 2 / (v[k] * v[k] + tail)
      for j in 0..<columns {
        let projection = scale * (k..<rows).reduce(0) { $0 + v[$1] * r[$1, j] }
        for i in k..<rows { r[i, j] -= projection * v[i] }
      }
      for i in 0..<rows {
        let projection = scale * (k..<rows).reduce(0) { $0 + q[i, $1] * v[$1] }
        for j in k..<rows { q[i, j] -= projection * v[j] }
      }
      for i in (k + 1)..<rows { r[i, k] = 0 }
    }
    let size = complete ? rows : Swift.min(rows, columns)
    return (q.prefix(rows: rows, columns: size), r.prefix(rows: size, columns: columns))
  }
}
