import Graph
import ModelFiles

// Tensors made from numbers, and parts of matrices around the diagonal.

extension Tensor {
  public func zerosLike(dtype: DType? = nil) -> Tensor { filled("ZerosLike", 0, dtype) }
  public func onesLike(dtype: DType? = nil) -> Tensor { filled("OnesLike", 1, dtype) }

  private func filled(_ className: String, _ value: Double, _ dtype: DType?) -> Tensor {
    unary(className, ["dtype": JSONValue(dtype?.rawValue)]) {
      $0.builder.full(value, TensorType(dtype ?? $0.dtype, $0.shape))
    }
  }

  /// Every element equal to `value`, a scalar or what broadcasts to the tensor's shape.
  public func fullLike(_ value: Tensor, dtype: DType? = nil) -> Tensor {
    operation("FullLike", ["dtype": JSONValue(dtype?.rawValue)], with: [.tensor(value)]) {
      $0[1].converted(to: dtype ?? $0[0].dtype).broadcast(to: $0[0].shape)
    }
  }

  /// `start`, `start + step`, … below `stop`; int32 unless said otherwise.
  public static func arange(_ start: Double, _ stop: Double, step: Double = 1, dtype: DType = .int32) -> Tensor {
    let count = ((stop - start) / step).rounded(.up)
    guard step != 0, count.isFinite, count < 0x1p40 else {
      return rejected("arange", "from \(start) to \(stop) by \(step) is no finite range")
    }
    return Tensor((0..<Swift.max(Int(count), 0)).map { start + Double($0) * step }).asType(dtype)
  }

  /// `count` numbers in equal steps from `start` to `stop`.
  public static func linspace(_ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true) -> Tensor {
    guard count >= 0 else { return rejected("linspace", "the count must not be negative: \(count)") }
    let steps = Double(Swift.max(endpoint ? count - 1 : count, 1))
    return Tensor((0..<count).map { start + (stop - start) * Double($0) / steps }).asType(.float32)
  }

  /// Ones on a diagonal, zeros elsewhere.
  public static func eye(_ rows: Int, _ columns: Int? = nil, k: Int = 0, dtype: DType = .float32) -> Tensor {
    band(rows, columns ?? rows, dtype) { $1 - $0 == k }
  }

  /// Ones on and below a diagonal, zeros elsewhere.
  public static func tri(_ rows: Int, _ columns: Int? = nil, k: Int = 0, dtype: DType = .float32) -> Tensor {
    band(rows, columns ?? rows, dtype) { $1 - $0 <= k }
  }

  private static func band(_ rows: Int, _ columns: Int, _ dtype: DType, _ isOne: (Int, Int) -> Bool) -> Tensor {
    guard rows >= 0, columns >= 0, Shape([rows, columns]).isValid else {
      return rejected("eye", "shape [\(rows), \(columns)] is negative or too large")
    }
    let elements = (0..<rows).flatMap { row in (0..<columns).map { isOne(row, $0) } }
    return Tensor(elements, shape: [rows, columns]).asType(dtype)
  }

  // MARK: Diagonals

  /// The lower triangle of the last two axes, zeros above diagonal `k`.
  public func tril(k: Int = 0) -> Tensor {
    unary("Tril", ["k": JSONValue(k)]) { x in
      x.columnsLessRows(k).lessOrEqual(x.builder.constant(0, .int32)).select(x, x.constant(0))
    }
  }

  /// The upper triangle of the last two axes, zeros below diagonal `k`.
  public func triu(k: Int = 0) -> Tensor {
    unary("Triu", ["k": JSONValue(k)]) { x in
      x.columnsLessRows(k).greaterOrEqual(x.builder.constant(0, .int32)).select(x, x.constant(0))
    }
  }

  /// A vector as the diagonal of a matrix, or the diagonal of a matrix.
  public func diag(k: Int = 0) -> Tensor {
    guard rank == 1 || rank == 2 else { return rejected("diag", "takes a vector or matrix, found rank \(rank)") }
    let offset = Swift.min(Swift.max(k, -(1 << 30)), 1 << 30)
    return composed("Diag", ["k": JSONValue(k)]) { operands in
      let x = operands[0]
      if x.rank == 2 { return x.diagonal(offset: offset) }
      let count = x.shape[0] + abs(offset)
      let row = x.pad([(Swift.max(offset, 0), Swift.max(-offset, 0))])
      return row * Tensor.eye(count, k: offset, dtype: x.dtype)
    }
  }

  /// The flattened elements as the diagonal of a matrix.
  public func diagFlat(k: Int = 0) -> Tensor {
    composed("Diagflat", ["k": JSONValue(k)]) { $0[0].ravel().diag(k: k) }
  }

  /// The diagonal of two axes, which disappear for it as the new last one.
  public func diagonal(offset: Int = 0, axis1: Int = 0, axis2: Int = 1) -> Tensor {
    let config: Config = ["offset": JSONValue(offset), "axis1": JSONValue(axis1), "axis2": JSONValue(axis2)]
    return unary(className: "Diagonal", config, axis1, axis2) { x in
      let (rows, columns) = (x.shape[-2], x.shape[-1])
      let first = Swift.max(-Swift.max(offset, -rows), 0)
      let shift = Swift.max(Swift.min(offset, columns), 0)
      let count = Swift.max(Swift.min(rows - first, columns - shift), 0)
      if let problem = TableLimit.problem(count) { return x.failed("diagonal", problem) }
      let places = (0..<count).map { Double((first + $0) * columns + shift + $0) }
      let flat = x.reshape(Shape(Array(x.shape.dimensions.dropLast(2)) + [rows * columns]))
      return flat.gather(x.builder.vector(places, .int32), axis: -1)
    }
  }

  /// The sum of the diagonal of two axes.
  public func trace(offset: Int = 0, axis1: Int = 0, axis2: Int = 1) -> Tensor {
    let config: Config = ["offset": JSONValue(offset), "axis1": JSONValue(axis1), "axis2": JSONValue(axis2)]
    return composed("Trace", config) { $0[0].diagonal(offset: offset, axis1: axis1, axis2: axis2).sum(axis: [-1]) }
  }

  /// Applies a function of matrices to two axes moved last.
  private func unary(
    className: String, _ config: Config, _ axis1: Int, _ axis2: Int,
    _ body: @escaping @Sendable (Expression) -> Expression
  ) -> Tensor {
    guard let i = shape.normalized(axis: axis1), let j = shape.normalized(axis: axis2), i != j else {
      return rejected(className, "axes \(axis1) and \(axis2) are no two axes of shape \(describe(partialShape))")
    }
    return unary(className, config) { x in body(x.transpose((0..<x.rank).filter { $0 != i && $0 != j } + [i, j])) }
  }
}

extension Expression {
  /// Column less row less `k` at each place of the last two axes, int32.
  fileprivate func columnsLessRows(_ k: Int) -> Expression {
    guard rank >= 2 else { return failed("tril", "takes matrices, found shape \(shape)") }
    let type = TensorType(.int32, shape)
    let difference = builder.iota(type, axis: rank - 1) - builder.iota(type, axis: rank - 2)
    return difference - Double(Swift.min(Swift.max(k, -(1 << 30)), 1 << 30))
  }
}
