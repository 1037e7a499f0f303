import Graph
import ModelFiles

// Rows of numbers between two tensors, and positions.

extension Tensor {
  /// `count` numbers in equal steps from `start` to `stop`, along a new axis.
  public static func linspace(
    _ start: Tensor, _ stop: Tensor, count: Int = 50, endpoint: Bool = true, dtype: DType? = nil, axis: Int = 0
  ) -> Tensor {
    spaced("Linspace", start, stop, count, endpoint, dtype, axis) { $0 * (1 - $2) + $1 * $2 }
  }

  /// `base` to the power of `linspace`.
  public static func logspace(
    _ start: Tensor, _ stop: Tensor, count: Int = 50, endpoint: Bool = true, base: Double = 10, dtype: DType? = nil,
    axis: Int = 0
  ) -> Tensor {
    spaced("Logspace", start, stop, count, endpoint, dtype, axis, ["base": .number(base)]) { low, high, fraction in
      let exponent = low * (1 - fraction) + high * fraction
      return exponent.constant(base).power(exponent)
    }
  }

  /// `count` numbers from `start` to `stop`, each the one before times the same factor.
  public static func geomspace(
    _ start: Tensor, _ stop: Tensor, count: Int = 50, endpoint: Bool = true, dtype: DType? = nil, axis: Int = 0
  ) -> Tensor {
    spaced("Geomspace", start, stop, count, endpoint, dtype, axis) { low, high, fraction in
      let exponent = low.absolute().log() * (1 - fraction) + high.absolute().log() * fraction
      return low.unary(.sign) * exponent.exp()
    }
  }

  /// - Parameter body: the numbers at the fractions of the way from the first to the second tensor.
  private static func spaced(
    _ className: String, _ start: Tensor, _ stop: Tensor, _ count: Int, _ endpoint: Bool, _ dtype: DType?, _ axis: Int,
    _ extra: Config = [:], _ body: @escaping @Sendable (Expression, Expression, Expression) -> Expression
  ) -> Tensor {
    guard count >= 0, count < 1 << 24 else { return rejected(className, "cannot have \(count) numbers") }
    let config: Config = [
      "num": JSONValue(count), "endpoint": .bool(endpoint), "dtype": JSONValue(dtype?.rawValue),
      "axis": JSONValue(axis),
    ]
    return start.operation(className, config.merging(extra), with: [.tensor(stop)]) { operands in
      let (a, b) = promoted(operands[0].floating, operands[1].floating)
      guard let shape = Shape.broadcast(a.shape, b.shape) else {
        return a.failed(className, "shapes \(a.shape) and \(b.shape) do not broadcast together")
      }
      let place = axis < 0 ? axis + shape.rank + 1 : axis
      guard (0...shape.rank).contains(place) else { return a.failed(className, "axis \(axis) does not exist") }
      var extents = [Int](repeating: 1, count: shape.rank + 1)
      extents[place] = count
      let steps = Double(Swift.max(endpoint ? count - 1 : count, 1))
      let fraction = a.builder.iota(TensorType(a.dtype, Shape(extents)), axis: place) / steps
      func placed(_ x: Expression) -> Expression { x.broadcast(to: shape).expandDimension(place) }
      return body(placed(a), placed(b), fraction).converted(to: dtype ?? a.dtype)
    }
  }

  /// Powers of a vector's elements in columns, descending unless `increasing`.
  public func vander(_ columns: Int? = nil, increasing: Bool = false) -> Tensor {
    guard rank == 1, (0..<(1 << 20)).contains(columns ?? 0) else {
      return rejected("vander", "takes a vector, found shape \(describe(partialShape))")
    }
    return unary("Vander", ["N": JSONValue(columns), "increasing": .bool(increasing)]) { x in
      let count = columns ?? x.shape[0]
      let ascending = x.builder.iota(TensorType(x.dtype, [x.shape[0], count]), axis: 1)
      return x.expandDimension(-1).power(increasing ? ascending : Double(count - 1) - ascending)
    }
  }

  /// The positions along each axis of a shape, of positions in the flat tensor.
  public func unravelIndex(_ shape: [Int]) -> [Tensor] {
    guard Shape(shape).isValid, !shape.isEmpty else {
      return [rejected("unravel_index", "shape \(shape) is negative or too large")]
    }
    return Operation(className: "UnravelIndex", config: ["shape": JSONValue(shape)], arguments: [.tensor(self)])
      .apply { operands in
        let flat = operands[0]
        let total = Double(Shape(shape).elementCount)
        let inside = flat.less(flat.constant(0)).select(flat + total, flat).maximum(0).minimum(total - 1)
        return zip(shape, Shape(shape).strides).map { extent, stride in
          (inside / Double(Swift.max(stride, 1))).binary(.remainder, inside.constant(Double(extent)))
        }
      }
  }

  /// The area under the points (x, self) along an axis by trapezoids; `dx` is their distance where there is no x.
  public func trapezoid(_ x: Tensor? = nil, dx: Double = 1, axis: Int = -1) -> Tensor {
    guard rank > 0 else { return rejected("trapezoid", "takes a tensor of at least one axis") }
    return composed("Trapezoid", ["dx": .number(dx), "axis": JSONValue(axis)], with: x.map { [.tensor($0)] } ?? []) {
      let y = $0[0].asType($0[0].dtype.floating)
      let extent = y.shape[axis]
      guard extent > 1 else { return y.sum(axis: [axis]) * 0 }
      let means = (y.slice(axis: axis, 1..<extent) + y.slice(axis: axis, 0..<(extent - 1))) * 0.5
      guard $0.count > 1 else { return (means * dx).sum(axis: [axis]) }
      var steps = $0[1].diff(axis: $0[1].rank == 1 ? -1 : axis)
      if steps.rank == 1, let place = y.shape.normalized(axis: axis) {
        steps = steps.reshape(y.shape.dimensions.indices.map { $0 == place ? -1 : 1 })
      }
      return (means * steps).sum(axis: [axis])
    }
  }

  /// The correlation coefficients of the rows of a matrix.
  public func corrcoef() -> Tensor {
    guard rank == 1 || rank == 2 else { return rejected("corrcoef", "takes a vector or matrix, found rank \(rank)") }
    return composed("Corrcoef") {
      let x = $0[0].asType($0[0].dtype.floating)
      let rows = x.rank == 1 ? x.expandDims(0) : x
      let centered = rows - rows.mean(axis: [1], keepDims: true)
      let covariance = centered.matmul(centered.transpose())
      let deviation = covariance.diagonal().sqrt()
      let result = (covariance / deviation.expandDims(1) / deviation.expandDims(0)).clip(-1, 1)
      return x.rank == 1 ? result.reshape([]) : result
    }
  }

  /// Σ self[n + k] · other[n] of two vectors for every shift k: where they overlap fully (`.valid`), at as many places as
  /// the longer one has (`.same`), or wherever they overlap (`.full`).
  public func correlate(_ other: Tensor, mode: CorrelationMode = .valid) -> Tensor {
    guard rank == 1, other.rank == 1 else { return rejected("correlate", "takes two vectors") }
    return operation("Correlate", ["mode": .string(mode.rawValue)], with: [.tensor(other)]) { operands in
      let (a, b) = promoted(operands[0], operands[1])
      let isSwapped = a.shape[0] < b.shape[0]
      let (long, short) = isSwapped ? (b, a) : (a, b)
      let (n, m) = (long.shape[0], short.shape[0])
      guard m > 0 else { return a.failed("correlate", "takes vectors that are not empty") }
      let width = mode == .full ? m - 1 : 0
      // Of an even length the window begins one place earlier.
      let (low, high) = mode == .same ? (m / 2, m - 1 - m / 2) : (width, width)
      let (before, after) = isSwapped && mode == .same ? (high, low) : (low, high)
      let padded = long.pad(low: [before], high: [after])
      let count = n + before + after - m + 1
      if let problem = TableLimit.problem(count, m) { return a.failed("correlate", problem) }
      let places = (0..<count).flatMap { start in (0..<m).map { Double(start + $0) } }
      let windows = padded.gather(padded.builder.vector(places, .int32), axis: 0).reshape([count, m])
      let result = (windows * short).sum(axes: [1])
      return isSwapped ? result.reverse(axes: [0]) : result
    }
  }
}

/// At which shifts `Tensor.correlate` compares two vectors.
public enum CorrelationMode: String, Sendable, CaseIterable { case valid, same, full }
