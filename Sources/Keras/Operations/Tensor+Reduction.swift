import Graph
import ModelFiles

// Reductions along axes; without axes over all. Negative axes count from the end.

extension Tensor {
  private func reduction(
    _ className: String, _ axis: [Int]?, _ keepDims: Bool, _ body: @escaping @Sendable (Expression) -> Expression
  ) -> Tensor {
    unary(className, ["axis": JSONValue(axis), "keepdims": .bool(keepDims)], body)
  }

  public func sum(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Sum", axis, keepDims) {
      ($0.dtype == .bool ? $0.converted(to: .int32) : $0).sum(axes: axis, keepDimensions: keepDims)
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

  public func max(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Max", axis, keepDims) { $0.reduce(.maximum, axes: axis, keepDimensions: keepDims) }
  }

  public func min(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Min", axis, keepDims) { $0.reduce(.minimum, axes: axis, keepDimensions: keepDims) }
  }

  public func product(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduction("Prod", axis, keepDims) { $0.reduce(.product, axes: axis, keepDimensions: keepDims) }
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
