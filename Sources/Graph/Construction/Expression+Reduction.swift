// Reductions. `nil` axes mean all; axes may be negative.

extension Expression {
  public func reduce(_ reduction: Reduction, axes: [Int]? = nil, keepDimensions: Bool = false) -> Expression {
    guard let axes = resolve(axes: axes ?? Array(0..<rank), in: "reduce") else {
      return Expression(builder: builder, value: nil)
    }
    let result = axes.isEmpty ? self : apply(.reduce(reduction, axes: axes.sorted()))
    return keepDimensions ? result.reshape(shape.keeping(axes: axes)) : result
  }

  public func sum(axes: [Int]? = nil, keepDimensions: Bool = false) -> Expression {
    reduce(.sum, axes: axes, keepDimensions: keepDimensions)
  }

  public func maximum(axes: [Int]?, keepDimensions: Bool = false) -> Expression {
    reduce(.maximum, axes: axes, keepDimensions: keepDimensions)
  }

  public func mean(axes: [Int]? = nil, keepDimensions: Bool = false) -> Expression {
    let total = sum(axes: axes, keepDimensions: keepDimensions)
    let count = Double(shape.elementCount) / Double(Swift.max(total.shape.elementCount, 1))
    return total / count
  }

  public func argReduce(_ reduction: ArgReduction, axis: Int) -> Expression {
    guard let axis = resolve(axis: axis, in: "argReduce") else { return Expression(builder: builder, value: nil) }
    return apply(.argReduce(reduction, axis: axis))
  }

  public func cumulative(_ reduction: Reduction, axis: Int, reverse: Bool = false) -> Expression {
    guard let axis = resolve(axis: axis, in: "cumulative") else { return Expression(builder: builder, value: nil) }
    return apply(.cumulative(reduction, axis: axis, reverse: reverse))
  }

  public func sort(axis: Int, descending: Bool = false) -> (values: Expression, indices: Expression) {
    guard let axis = resolve(axis: axis, in: "sort") else { return (self, self) }
    let results = builder.add(.sort(axis: axis, descending: descending), [self])
    return (results[0], results[1])
  }
}
