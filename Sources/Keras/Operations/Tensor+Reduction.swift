import Graph
import ModelFiles

// Reductions along axes; without axes over all. Negative axes count from the end.

extension Tensor {
  private func reduction(
    _ className: String, _ axis: [Int]?, _ keepDims: Bool, _ extra: Config = [:],
    _ body: @escaping @Sendable (Expression) -> Expression
  ) -> Tensor {
    let config: Config = ["axis": JSONValue(axis), "keepdims": .bool(keepDims)]
    return unary(className, config.merging(extra), body)
  }

  public func sum(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Sum", axis, keepDims) {
      $0.summable.sum(axes: axis, keepDimensions: keepDims)
    }
  }

  public func mean(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Mean", axis, keepDims) { $0.floating.mean(axes: axis, keepDimensions: keepDims) }
  }

  /// The mean squared distance from the mean (biased).
  public func variance(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Var", axis, keepDims) {
      let x = $0.floating
      return (x - x.mean(axes: axis, keepDimensions: true)).square().mean(axes: axis, keepDimensions: keepDims)
    }
  }

  public func standardDeviation(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Std", axis, keepDims) {
      let x = $0.floating
      return (x - x.mean(axes: axis, keepDimensions: true)).square().mean(axes: axis, keepDimensions: keepDims)
        .squareRoot()
    }
  }

  /// The largest element along the axes, by default of all.
  ///
  /// - Parameter initial: a number that counts as an element too, `nil` for none.
  public func max(axis: [Int]? = nil, keepDims: Bool = false, initial: Double? = nil) -> Tensor {
    reduction("Max", axis, keepDims, ["initial": JSONValue(initial)]) {
      let extreme = $0.extreme(.maximum, axes: axis, keepDimensions: keepDims)
      return initial.map { extreme.maximum($0) } ?? extreme
    }
  }

  /// The smallest element along the axes, by default of all.
  ///
  /// - Parameter initial: a number that counts as an element too, `nil` for none.
  public func min(axis: [Int]? = nil, keepDims: Bool = false, initial: Double? = nil) -> Tensor {
    reduction("Min", axis, keepDims, ["initial": JSONValue(initial)]) {
      let extreme = $0.extreme(.minimum, axes: axis, keepDimensions: keepDims)
      return initial.map { extreme.minimum($0) } ?? extreme
    }
  }

  public func product(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Prod", axis, keepDims) { $0.summable.reduce(.product, axes: axis, keepDimensions: keepDims) }
  }

  public func all(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("All", axis, keepDims) {
      $0.converted(to: .bool).reduce(.all, axes: axis, keepDimensions: keepDims)
    }
  }

  public func any(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Any", axis, keepDims) {
      $0.converted(to: .bool).reduce(.any, axes: axis, keepDimensions: keepDims)
    }
  }

  /// log Σ eˣ, computed without the exponentials overflowing.
  public func logSumExp(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Logsumexp", axis, keepDims) { input in
      let x = input.floating
      let top = x.maximum(axes: axis, keepDimensions: true).stopGradient()
      let shift = top.unary(.isFinite).select(top, top.constant(0))
      let total = (x - shift).exp().sum(axes: axis, keepDimensions: true).log() + shift
      guard !keepDims else { return total }
      let reduced = (axis ?? Array(0..<x.rank)).compactMap { x.shape.normalized(axis: $0) }
      return total.reshape(x.shape.removing(axes: reduced))
    }
  }

  /// The number of elements that are not 0, int32.
  public func countNonzero(axis: [Int]? = nil) -> Tensor {
    unary("CountNonzero", ["axis": JSONValue(axes: axis)]) {
      $0.converted(to: .bool).converted(to: .int32).sum(axes: axis)
    }
  }

  /// The largest element less the smallest.
  public func peakToPeak(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Ptp", axis, keepDims) {
      $0.reduce(.maximum, axes: axis, keepDimensions: keepDims)
        - $0.reduce(.minimum, axes: axis, keepDimensions: keepDims)
    }
  }

  /// The mean weighted by `weights`, which have the tensor's shape or the axis's extent.
  public func average(axis: Int? = nil, weights: Tensor? = nil) -> Tensor {
    let config: Config = ["axis": JSONValue(axis)]
    let axes = axis.map { [$0] }
    guard let weights else { return unary("Average", config) { $0.floating.mean(axes: axes) } }
    return operation("Average", config, with: [.tensor(weights)]) { operands in
      var (x, w) = promoted(operands[0].floating, operands[1].floating)
      if w.rank == 1, x.rank > 1, let index = axis.flatMap({ x.shape.normalized(axis: $0) }) {
        w = w.reshape(Shape(x.shape.dimensions.indices.map { $0 == index ? w.shape[0] : 1 }))
      }
      w = w.broadcast(to: x.shape)
      return (x * w).sum(axes: axes) / w.sum(axes: axes)
    }
  }

  /// Divided by its norm of that order along an axis; a norm below 1e-7 counts as 1e-7.
  public func normalize(axis: Int = -1, order: Int = 2, epsilon: Double = 1e-7) -> Tensor {
    let config: Config = ["axis": JSONValue(axis), "order": JSONValue(order), "epsilon": .number(epsilon)]
    guard order >= 1 else { return rejected("normalize", "the order must be at least 1, found \(order)") }
    return unary("Normalize", config) { input in
      let x = input.floating
      if order == 2 {
        let square = x.square().sum(axes: [axis], keepDimensions: true)
        return x * square.inverseSquareRoot().minimum(1 / epsilon)
      }
      let power = Double(order)
      let total = x.absolute().power(x.constant(power)).sum(axes: [axis], keepDimensions: true)
      return x / total.power(x.constant(1 / power)).maximum(epsilon)
    }
  }

  /// The first position of the largest element along an axis, int32; of all elements without one.
  public func argmax(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
    argReduction("Argmax", .maximum, axis, keepDims)
  }

  public func argmin(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
    argReduction("Argmin", .minimum, axis, keepDims)
  }

  private func argReduction(_ className: String, _ kind: ArgReduction, _ axis: Int?, _ keepDims: Bool) -> Tensor {
    unary(className, ["axis": JSONValue(axis), "keepdims": .bool(keepDims)]) { x in
      guard let axis else {
        let position = x.reshape([x.shape.elementCount]).argReduce(kind, axis: 0)
        return keepDims ? position.reshape(Shape([Int](repeating: 1, count: x.rank))) : position
      }
      let result = x.argReduce(kind, axis: axis)
      return keepDims ? result.expandDimension(axis) : result
    }
  }
}

extension Expression {
  /// The largest or smallest elements; of bool whether any or all are true.
  func extreme(_ kind: Reduction, axes: [Int]?, keepDimensions: Bool) -> Expression {
    let reduction: Reduction = dtype != .bool ? kind : kind == .maximum ? .any : .all
    return reduce(reduction, axes: axes, keepDimensions: keepDimensions)
  }
}
