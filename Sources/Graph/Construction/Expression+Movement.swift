// Rearranging, selecting and placing elements. Axes may be negative: they count from the end.

extension Expression {
  /// The axis from the front, or `nil` after recording that there is none.
  func resolve(axis: Int, in operation: String) -> Int? {
    if let index = shape.normalized(axis: axis) { return index }
    builder.fail(GraphError(operation, "axis \(axis) does not exist in shape \(shape)"))
    return nil
  }

  func resolve(axes: [Int], in operation: String) -> [Int]? {
    var result: [Int] = []
    for axis in axes {
      guard let index = resolve(axis: axis, in: operation) else { return nil }
      result.append(index)
    }
    return result
  }

  private var placeholder: Expression { Expression(builder: builder, value: nil) }

  public func reshape(_ shape: Shape) -> Expression { shape == self.shape ? self : apply(.reshape(shape)) }

  /// Repeats to a shape by NumPy's rules: trailing axes are matched.
  public func broadcast(to shape: Shape) -> Expression {
    guard shape != self.shape else { return self }
    guard shape.rank >= rank else {
      return failed("broadcast", "shape \(self.shape) does not broadcast to \(shape)")
    }
    return apply(.broadcast(shape, axes: Array((shape.rank - rank)..<shape.rank)))
  }

  /// Repeats to a shape; operand axis `i` becomes result axis `axes[i]`.
  public func broadcast(to shape: Shape, axes: [Int]) -> Expression { apply(.broadcast(shape, axes: axes)) }

  public func transpose(_ permutation: [Int]) -> Expression {
    permutation == Array(0..<rank) ? self : apply(.transpose(permutation))
  }

  public func reverse(axes: [Int]) -> Expression {
    guard let axes = resolve(axes: axes, in: "reverse") else { return placeholder }
    return apply(.reverse(axes: axes))
  }

  /// A new axis of extent 1 before position `axis` (negative: from the end of the result).
  public func expandDimension(_ axis: Int) -> Expression {
    let index = axis < 0 ? axis + rank + 1 : axis
    guard (0...rank).contains(index) else {
      return failed("expandDimension", "axis \(axis) does not fit shape \(shape)")
    }
    var dimensions = shape.dimensions
    dimensions.insert(1, at: index)
    return reshape(Shape(dimensions))
  }

  public func squeeze(_ axis: Int) -> Expression {
    guard let index = resolve(axis: axis, in: "squeeze") else { return placeholder }
    return reshape(shape.removing(axes: [index]))
  }

  public func slice(_ slicing: Slicing) -> Expression { apply(.slice(slicing)) }

  /// The part `range` of one axis, every `stride`-th element.
  public func slice(axis: Int, _ range: Range<Int>, stride: Int = 1) -> Expression {
    guard let index = resolve(axis: axis, in: "slice") else { return placeholder }
    var slicing = Slicing(
      starts: [Int](repeating: 0, count: rank), limits: shape.dimensions, strides: [Int](repeating: 1, count: rank))
    slicing.starts[index] = range.lowerBound
    slicing.limits[index] = range.upperBound
    slicing.strides[index] = stride
    return apply(.slice(slicing))
  }

  public func pad(_ padding: Padding, value: Expression) -> Expression { apply(.pad(padding), value) }

  /// Adds `low[i]` and `high[i]` elements around axis `i`.
  public func pad(low: [Int], high: [Int], value: Double = 0) -> Expression {
    pad(Padding(low: low, high: high, interior: [Int](repeating: 0, count: rank)), value: constant(value))
  }

  public func dynamicSlice(starts: Expression, sizes: [Int]) -> Expression {
    apply(.dynamicSlice(sizes: sizes), starts)
  }

  public func dynamicUpdateSlice(_ update: Expression, starts: Expression) -> Expression {
    apply(.dynamicUpdateSlice, update, starts)
  }

  public func gather(_ indices: Expression, axis: Int = 0) -> Expression {
    guard let axis = resolve(axis: axis, in: "gather") else { return placeholder }
    return apply(.gather(axis: axis), indices)
  }

  public func scatterAdd(_ indices: Expression, _ updates: Expression, axis: Int = 0) -> Expression {
    guard let axis = resolve(axis: axis, in: "scatterAdd") else { return placeholder }
    return apply(.scatterAdd(axis: axis), indices, updates)
  }

  public func gatherAlong(_ indices: Expression, axis: Int) -> Expression {
    guard let axis = resolve(axis: axis, in: "gatherAlong") else { return placeholder }
    return apply(.gatherAlong(axis: axis), indices)
  }

  public func scatterAddAlong(_ indices: Expression, _ updates: Expression, axis: Int) -> Expression {
    guard let axis = resolve(axis: axis, in: "scatterAddAlong") else { return placeholder }
    return apply(.scatterAddAlong(axis: axis), indices, updates)
  }

  /// 1 at `self`'s index and 0 elsewhere, along a new last axis; an index out of range gives zeros.
  public func oneHot(_ classCount: Int, _ dtype: DType) -> Expression {
    let shape = Shape(self.shape.dimensions + [classCount])
    let classes = builder.iota(TensorType(self.dtype, shape), axis: rank)
    return expandDimension(-1).equal(classes).converted(to: dtype)
  }
}

extension GraphBuilder {
  public func concatenate(_ parts: [Expression], axis: Int) -> Expression {
    guard let first = parts.first else {
      fail(GraphError("concatenate", "takes operands, found none"))
      return Expression(builder: self, value: nil)
    }
    guard let index = first.resolve(axis: axis, in: "concatenate") else { return Expression(builder: self, value: nil) }
    return parts.count == 1 ? first : add(.concatenate(axis: index), parts)[0]
  }

  /// Joins along a new axis.
  public func stack(_ parts: [Expression], axis: Int) -> Expression {
    concatenate(parts.map { $0.expandDimension(axis) }, axis: axis)
  }
}
