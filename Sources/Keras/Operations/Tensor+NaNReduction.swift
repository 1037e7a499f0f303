import Graph
import ModelFiles

// Reductions that leave NaN out. Integers hold none and are reduced as ever.

extension Tensor {
  private func leavingNaNOut(
    _ className: String, _ axis: [Int]?, _ keepDims: Bool, _ body: @escaping @Sendable (Expression) -> Expression
  ) -> Tensor {
    unary(className, ["axis": JSONValue(axis), "keepdims": .bool(keepDims)], body)
  }

  public func nanSum(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    leavingNaNOut("Nansum", axis, keepDims) {
      $0.summable.replacingNaN(with: 0).sum(axes: axis, keepDimensions: keepDims)
    }
  }

  public func nanProduct(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    leavingNaNOut("Nanprod", axis, keepDims) {
      $0.summable.replacingNaN(with: 1).reduce(.product, axes: axis, keepDimensions: keepDims)
    }
  }

  /// The largest number; NaN where there is none.
  public func nanMax(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    leavingNaNOut("Nanmax", axis, keepDims) { $0.extremeWithoutNaN(.maximum, axis, keepDims) }
  }

  /// The smallest number; NaN where there is none.
  public func nanMin(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    leavingNaNOut("Nanmin", axis, keepDims) { $0.extremeWithoutNaN(.minimum, axis, keepDims) }
  }

  public func nanMean(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    leavingNaNOut("Nanmean", axis, keepDims) { $0.floating.meanWithoutNaN(axis, keepDims) }
  }

  /// The mean squared distance from the mean (biased).
  public func nanVariance(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    leavingNaNOut("Nanvar", axis, keepDims) { $0.floating.varianceWithoutNaN(axis, keepDims) }
  }

  public func nanStandardDeviation(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    leavingNaNOut("Nanstd", axis, keepDims) { $0.floating.varianceWithoutNaN(axis, keepDims).squareRoot() }
  }

  /// The first position of the largest number, int32; −1 where there is none.
  public func nanArgmax(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
    nanArgReduction("Nanargmax", .maximum, axis, keepDims)
  }

  /// The first position of the smallest number, int32; −1 where there is none.
  public func nanArgmin(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
    nanArgReduction("Nanargmin", .minimum, axis, keepDims)
  }

  private func nanArgReduction(_ className: String, _ kind: ArgReduction, _ axis: Int?, _ keepDims: Bool) -> Tensor {
    unary(className, ["axis": JSONValue(axis), "keepdims": .bool(keepDims)]) { input in
      let x = axis == nil ? input.reshape([input.shape.elementCount]) : input
      let place = axis ?? 0
      var result = x.replacingNaN(with: kind == .maximum ? -.infinity : .infinity).argReduce(kind, axis: place)
      if x.dtype.isFloatingPoint {
        let isEmpty = x.unary(.isNaN).reduce(.all, axes: [place])
        result = isEmpty.select(result.constant(-1), result)
      }
      guard keepDims else { return result }
      return axis.map { result.expandDimension($0) }
        ?? result.reshape(Shape([Int](repeating: 1, count: input.rank)))
    }
  }

  /// Running sums in which NaN counts as 0.
  public func nanCumsum(axis: Int? = nil) -> Tensor { nanCumulative("Nancumsum", .sum, 0, axis) }

  /// Running products in which NaN counts as 1.
  public func nanCumprod(axis: Int? = nil) -> Tensor { nanCumulative("Nancumprod", .product, 1, axis) }

  private func nanCumulative(_ className: String, _ kind: Reduction, _ neutral: Double, _ axis: Int?) -> Tensor {
    unary(className, ["axis": JSONValue(axis), "dtype": nil]) { input in
      let x = input.numeric.replacingNaN(with: neutral)
      return axis.map { x.cumulative(kind, axis: $0) } ?? x.reshape([x.shape.elementCount]).cumulative(kind, axis: 0)
    }
  }
}

extension Expression {
  /// The elements as Keras adds them up and multiplies them: integers of fewer than 32 bits, and bool, in 32.
  var summable: Expression {
    guard !dtype.isFloatingPoint, dtype.byteCount < 4 else { return self }
    return converted(to: dtype != .bool && dtype.isUnsignedInteger ? .uint32 : .int32)
  }

  /// The elements as numbers: bool as int32.
  var numeric: Expression { dtype == .bool ? converted(to: .int32) : self }

  fileprivate func replacingNaN(with value: Double) -> Expression {
    dtype.isFloatingPoint ? unary(.isNaN).select(constant(value), self) : self
  }

  fileprivate func extremeWithoutNaN(_ kind: Reduction, _ axis: [Int]?, _ keepDims: Bool) -> Expression {
    let extreme = replacingNaN(with: kind == .maximum ? -.infinity : .infinity)
      .extreme(kind, axes: axis, keepDimensions: keepDims)
    guard dtype.isFloatingPoint else { return extreme }
    let isEmpty = unary(.isNaN).reduce(.all, axes: axis, keepDimensions: keepDims)
    return isEmpty.select(extreme.constant(.nan), extreme)
  }

  fileprivate func meanWithoutNaN(_ axis: [Int]?, _ keepDims: Bool) -> Expression {
    let counts = unary(.isNaN).not().converted(to: dtype)
    return replacingNaN(with: 0).sum(axes: axis, keepDimensions: keepDims)
      / counts.sum(axes: axis, keepDimensions: keepDims)
  }

  fileprivate func varianceWithoutNaN(_ axis: [Int]?, _ keepDims: Bool) -> Expression {
    let isNaN = unary(.isNaN)
    let distances = isNaN.select(constant(0), (self - meanWithoutNaN(axis, true)).square())
    return distances.sum(axes: axis, keepDimensions: keepDims)
      / isNaN.not().converted(to: dtype).sum(axes: axis, keepDimensions: keepDims)
  }
}
