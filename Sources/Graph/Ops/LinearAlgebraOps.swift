/// Which axes of a product's operands are paired. The result's axes are the batch axes in their order, then the
/// left operand's free axes, then the right operand's.
public struct DotDimensions: Hashable, Sendable {
  public var leftBatch: [Int]
  public var rightBatch: [Int]
  public var leftContracting: [Int]
  public var rightContracting: [Int]

  public init(leftBatch: [Int] = [], rightBatch: [Int] = [], leftContracting: [Int], rightContracting: [Int]) {
    self.leftBatch = leftBatch
    self.rightBatch = rightBatch
    self.leftContracting = leftContracting
    self.rightContracting = rightContracting
  }

  func leftFree(rank: Int) -> [Int] { (0..<rank).filter { !leftBatch.contains($0) && !leftContracting.contains($0) } }
  func rightFree(rank: Int) -> [Int] {
    (0..<rank).filter { !rightBatch.contains($0) && !rightContracting.contains($0) }
  }
}

/// `x` in `a·x = b` (or `aᵀ·x = b`), reading only one triangle of `a`.
public struct TriangularSolve: Hashable, Sendable {
  public var lower: Bool
  public var transposed: Bool
  /// Whether the diagonal counts as ones.
  public var unitDiagonal: Bool

  public init(lower: Bool, transposed: Bool = false, unitDiagonal: Bool = false) {
    self.lower = lower
    self.transposed = transposed
    self.unitDiagonal = unitDiagonal
  }
}

/// Factorisations of the last two axes.
public enum Factorization: Hashable, Sendable {
  /// Results `q`, `r`; reduced (`[…, m, k]`, `[…, k, n]`, k = min(m, n)) or complete.
  case qr(complete: Bool)
  /// Results `lu` (both triangles in one matrix), `pivots` (int32 `[…, min(m, n)]`: the row swapped with row i).
  case lu
  /// Results `u`, `s`, `vᵀ`, reduced or complete.
  case svd(complete: Bool)
  /// Symmetric matrices: results ascending eigenvalues, eigenvectors in columns.
  case eigh
}
