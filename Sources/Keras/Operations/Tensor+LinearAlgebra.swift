import Graph
import ModelFiles

// Products of matrices, over the last two axes unless said otherwise.

extension Tensor {
  /// The product of matrices (the last two axes), vectors as in NumPy; leading axes broadcast.
  public func matmul(_ other: Tensor) -> Tensor {
    binary("Matmul", other) { a, b in
      a.dtype == .int8 ? a.converted(to: .int32).matmul(b.converted(to: .int32)) : a.matmul(b)
    }
  }

  /// Sums over the last axis and the other's last but one; all other axes side by side.
  public func dot(_ other: Tensor) -> Tensor {
    binary("Dot", other) { a, b in
      if a.rank == 0 || b.rank == 0 { return a * b }
      return a.dot(b, DotDimensions(leftContracting: [a.rank - 1], rightContracting: [Swift.max(b.rank - 2, 0)]))
    }
  }

  /// Sums over both last axes.
  public func inner(_ other: Tensor) -> Tensor {
    binary("Inner", other) { a, b in
      if a.rank == 0 || b.rank == 0 { return a * b }
      return a.dot(b, DotDimensions(leftContracting: [a.rank - 1], rightContracting: [b.rank - 1]))
    }
  }

  /// All products of two flattened tensors.
  public func outer(_ other: Tensor) -> Tensor {
    binary("Outer", other) { $0.reshape([$0.shape.elementCount, 1]) * $1.reshape([1, $1.shape.elementCount]) }
  }

  /// The sum of the products of two flattened tensors.
  public func vdot(_ other: Tensor) -> Tensor { binary("Vdot", other) { ($0.reshape($1.shape) * $1).sum() } }

  /// Sums over pairs of axes, the others side by side.
  public func tensordot(_ other: Tensor, axes: ([Int], [Int])) -> Tensor {
    operation(
      "Tensordot", ["axes": .array([JSONValue(axes.0), JSONValue(axes.1)])], with: [.tensor(other)]
    ) { operands in
      let (a, b) = promoted(operands[0], operands[1])
      let left = axes.0.compactMap { a.shape.normalized(axis: $0) }
      let right = axes.1.compactMap { b.shape.normalized(axis: $0) }
      return a.dot(b, DotDimensions(leftContracting: left, rightContracting: right))
    }
  }

  /// Sums over the last `axes` axes and the other's first.
  public func tensordot(_ other: Tensor, axes: Int = 2) -> Tensor {
    guard axes >= 0, axes <= Swift.min(rank, other.rank) else {
      return rejected("tensordot", "cannot sum over \(axes) axes of ranks \(rank) and \(other.rank)")
    }
    return tensordot(other, axes: (Array((rank - axes)..<rank), Array(0..<axes)))
  }

  /// The vector product along the last axis, of extent 3.
  public func cross(_ other: Tensor) -> Tensor {
    binary("Cross", other) { a, b in
      func part(_ x: Expression, _ index: Int) -> Expression { x.slice(axis: -1, index..<(index + 1)) }
      let parts = (0..<3).map { index -> Expression in
        let (i, j) = ((index + 1) % 3, (index + 2) % 3)
        return part(a, i) * part(b, j) - part(a, j) * part(b, i)
      }
      return a.builder.concatenate(parts, axis: -1)
    }
  }

  /// The Euclidean distance of each row from each row of another tensor.
  public func pairwiseDistances(_ other: Tensor) -> Tensor {
    guard rank >= 2, other.rank >= 2 else { return rejected("cdist", "takes tensors of rows") }
    return binary("CDist", other) { a, b in
      let difference = a.floating.expandDimension(-2) - b.floating.expandDimension(-3)
      return difference.square().sum(axes: [-1]).squareRoot()
    }
  }

  /// Each element times the whole other tensor, as blocks.
  public func kron(_ other: Tensor) -> Tensor {
    binary("Kron", other) { a, b in
      let rank = Swift.max(a.rank, b.rank)
      func extents(_ x: Expression) -> [Int] { [Int](repeating: 1, count: rank - x.rank) + x.shape.dimensions }
      let (m, n) = (extents(a), extents(b))
      let product = a.reshape(Shape(m.flatMap { [$0, 1] })) * b.reshape(Shape(n.flatMap { [1, $0] }))
      return product.reshape(Shape(zip(m, n).map { $0 &* $1 }))
    }
  }

  /// The norm of a tensor, or of its vectors or matrices along axes.
  public func norm(_ order: NormOrder = .euclidean, axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    let config: Config = ["ord": order.serialized, "axis": JSONValue(axes: axis), "keepdims": .bool(keepDims)]
    let axes = axis ?? Array(0..<rank)
    if case .order(let p) = order, axes.count == 2 {
      return composed("Norm", config) { $0[0].matrixNorm(p, axes, keepDims) }
    }
    return unary("Norm", config) { input in
      let x = input.floating
      switch order {
      case .euclidean, .order(2): return x.square().sum(axes: axes, keepDimensions: keepDims).squareRoot()
      case .order(.infinity):
        return x.absoluteValue.reduce(.maximum, axes: axes, keepDimensions: keepDims).maximum(0)
      case .order(-.infinity): return x.absolute().reduce(.minimum, axes: axes, keepDimensions: keepDims)
      case .order(0):
        return x.notEqual(x.constant(0)).converted(to: x.dtype).sum(axes: axes, keepDimensions: keepDims)
      case .order(1): return x.absoluteValue.sum(axes: axes, keepDimensions: keepDims)
      case .order(let p):
        let total = x.absolute().power(x.constant(p)).sum(axes: axes, keepDimensions: keepDims)
        return total.power(x.constant(1 / p))
      }
    }
  }

  /// Column sums (1), row sums (∞) or the largest singular value (2) of matrices along two axes.
  private func matrixNorm(_ p: Double, _ axes: [Int], _ keepDims: Bool) -> Tensor {
    guard let i = shape.normalized(axis: axes[0]), let j = shape.normalized(axis: axes[1]), i != j else {
      return rejected("norm", "axes \(axes) are no two axes of shape \(shape)")
    }
    let result: Tensor
    switch abs(p) {
    case 2:
      let singular = moveAxis([i, j], to: [-2, -1]).svd(fullMatrices: false).s
      result = p > 0 ? singular.max(axis: [-1]) : singular.min(axis: [-1])
    case 1, .infinity:
      let (summed, compared) = abs(p) == 1 ? (i, j) : (j, i)
      let sums = absolute().sum(axis: [summed], keepDims: true)
      let extreme = p > 0 ? sums.max(axis: [compared], keepDims: true) : sums.min(axis: [compared], keepDims: true)
      result = extreme.reshape(shape.removing(axes: [i, j]).dimensions)
    default: return rejected("norm", "matrices have norms of order 1, 2, infinity and their negatives, found \(p)")
    }
    return keepDims ? result.reshape(shape.keeping(axes: [i, j]).dimensions) : result
  }
}

/// Which norm `Tensor.norm` computes.
public enum NormOrder: Hashable, Sendable {
  /// √Σx², of matrices the Frobenius norm.
  case euclidean
  /// (Σ|x|ᵖ)^(1/p) of vectors; of matrices the norm that vectors' norm induces.
  case order(Double)

  var serialized: JSONValue {
    switch self {
    case .euclidean: nil
    case .order(.infinity): "inf"
    case .order(-.infinity): "-inf"
    case .order(let p): p == p.rounded() && abs(p) < 0x1p53 ? .integer(Int64(p)) : .number(p)
    }
  }

  /// - Throws: `KerasError` where the value names no norm.
  init(serialized value: JSONValue?) throws {
    switch (value?.string, value?.double) {
    case ("inf", _): self = .order(.infinity)
    case ("-inf", _): self = .order(-.infinity)
    case ("fro", _): self = .euclidean
    case (nil, let order?): self = .order(order)
    case (nil, nil) where value?.isNull ?? true: self = .euclidean
    default: throw KerasError(.invalidArgument, "norm", "cannot be of order \(value?.description ?? "null")")
    }
  }
}
