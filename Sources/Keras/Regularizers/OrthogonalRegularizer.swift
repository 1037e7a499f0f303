import ModelFiles

/// Pushes the rows (or columns) of a matrix toward being orthogonal: `factor` times the mean of |cos| over all pairs.
/// Takes tensors of two axes.
public struct OrthogonalRegularizer: Regularizer, ConfigConstructible {
  public enum Mode: String, Sendable, CaseIterable { case rows, columns }

  public static let className = "OrthogonalRegularizer"
  public let factor: Double
  public let mode: Mode

  public init(factor: Double = 0.01, mode: Mode = .rows) { (self.factor, self.mode) = (factor, mode) }

  public init(from reader: ConfigReader) throws {
    factor = try reader.penalty("factor", default: 0.01)
    mode = try reader.choice("mode", default: .rows)
  }

  public var config: Config { ["factor": .number(factor), "mode": .string(mode.rawValue)] }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard x.rank == 2 else {
      return Tensor(
        failure: KerasError(.incompatibleShape, Self.className, "takes a matrix, found shape \(x.shape)"))
    }
    let rows = (mode == .rows ? x : x.transpose()).unitNormalized(axes: [1])
    let count = rows.shape[0]
    let cosines = rows.matmul(rows.transpose())
    let offDiagonal = 1 - Tensor((0..<count).map(Int32.init)).oneHot(count, dtype: x.dtype)
    let pairs = Double(count) * Double(count - 1) / 2
    return (cosines * offDiagonal).absolute().sum() * (factor / 2 / pairs)
  }
}
