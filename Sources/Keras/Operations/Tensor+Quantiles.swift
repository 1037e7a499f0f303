import Graph
import ModelFiles

/// What stands for a quantile that falls between two elements.
public enum QuantileMethod: String, Sendable, CaseIterable {
  /// A point on the line between them.
  case linear
  case lower, higher, midpoint, nearest
}

// Quantiles of all the given axes together; of several fractions along a new first axis.

extension Tensor {
  /// The middle element of each axis, or the mean of the two middle ones; NaN where there is a NaN.
  public func median(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    quantile("Median", nil, [0.5], axis, keepDims, .linear)
  }

  /// The median of the numbers that are not NaN.
  public func nanMedian(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    quantile("Nanmedian", nil, [0.5], axis, keepDims, .linear)
  }

  /// The value below which the fraction `q` of the elements lies; NaN where there is a NaN.
  public func quantile(_ q: Double, axis: [Int]? = nil, keepDims: Bool = false, method: QuantileMethod = .linear)
    -> Tensor
  {
    quantile("Quantile", .number(q), [q], axis, keepDims, method)
  }

  /// Several quantiles.
  public func quantile(_ q: [Double], axis: [Int]? = nil, keepDims: Bool = false, method: QuantileMethod = .linear)
    -> Tensor
  {
    quantile("Quantile", .array(q.map { .number($0) }), q, axis, keepDims, method)
  }

  /// - Parameters:
  ///   - className: Keras's; those that begin with "Nan" leave NaN out.
  ///   - argument: the fractions as given; several make a new first axis.
  ///   - q: the fractions, from 0 to 1.
  func quantile(
    _ className: String, _ argument: JSONValue?, _ q: [Double], _ axis: [Int]?, _ keepDims: Bool,
    _ method: QuantileMethod
  ) -> Tensor {
    guard !q.isEmpty, q.allSatisfy({ (0...1).contains($0) }) else {
      return rejected(className.lowercased(), "the fraction must be from 0 to 1, found \(q)")
    }
    var config: Config = ["axis": JSONValue(axes: axis), "keepdims": .bool(keepDims)]
    if argument != nil { config["method"] = .string(method.rawValue) }
    let isList = argument?.array != nil
    let ignoresNaN = className.hasPrefix("Nan")
    return operation(className, config, with: argument.map { [.value($0)] } ?? []) { operands in
      let results = operands[0].quantiles(q, axis, keepDims, method, ignoringNaN: ignoresNaN)
      return isList ? results : results.squeeze(0)
    }
  }
}

extension Expression {
  fileprivate func quantiles(
    _ q: [Double], _ axis: [Int]?, _ keepDimensions: Bool, _ method: QuantileMethod, ignoringNaN: Bool
  ) -> Expression {
    let x = floating
    let axes = (axis ?? Array(0..<rank)).compactMap { shape.normalized(axis: $0) }
    let kept = (0..<rank).filter { !axes.contains($0) }
    let count = axes.reduce(1) { $0 &* shape[$1] }
    guard count > 0 else { return failed("quantile", "of no elements: shape \(shape)") }
    let rows = x.transpose(kept + axes).reshape(Shape(kept.map { shape[$0] } + [count]))
    // NaN comes last, so that the numbers are the first ones.
    let sorted = rows.sort(axis: -1).values
    let isNaN = rows.unary(.isNaN)
    let numbers = isNaN.not().converted(to: x.dtype).sum(axes: [-1], keepDimensions: true)
    let last = ignoringNaN ? (numbers - 1).maximum(0) : x.constant(Double(count - 1)).broadcast(to: numbers.shape)
    let parts = q.map { fraction -> Expression in
      let place = last * fraction
      let (low, high) = (place.unary(.floor), place.unary(.ceiling))
      func element(_ place: Expression) -> Expression {
        sorted.gatherAlong(place.converted(to: .int32), axis: -1)
      }
      let (below, above, weight) = (element(low), element(high), place - low)
      let value =
        switch method {
        case .linear: below * (1 - weight) + above * weight
        case .lower: below
        case .higher: above
        case .midpoint: (below + above) * 0.5
        case .nearest: weight.lessOrEqual(weight.constant(0.5)).select(below, above)
        }
      // Equal neighbours may be infinite.
      let exact = below.equal(above).select(below, value)
      let isUndefined =
        ignoringNaN ? numbers.equal(numbers.constant(0)) : isNaN.reduce(.any, axes: [-1], keepDimensions: true)
      return isUndefined.select(exact.constant(.nan), exact).squeeze(-1)
    }
    let stacked = builder.stack(parts, axis: 0)
    return keepDimensions ? stacked.reshape(Shape([q.count] + shape.keeping(axes: axes).dimensions)) : stacked
  }
}
