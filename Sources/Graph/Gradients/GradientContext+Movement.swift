extension GradientContext {
  func inverse(_ permutation: [Int]) -> [Int] {
    var inverse = permutation
    for (axis, from) in permutation.enumerated() { inverse[from] = axis }
    return inverse
  }

  /// Sums what was repeated.
  func unbroadcast(_ axes: [Int]) -> Expression {
    let repeated = (0..<g.rank).filter { axis in
      guard let position = axes.firstIndex(of: axis) else { return true }
      return x.shape[position] != g.shape[axis]
    }
    return g.sum(axes: repeated).reshape(x.shape)
  }

  func slice(_ slicing: Slicing) -> Expression {
    guard y.shape.elementCount > 0 else { return zeros(x.type) }
    let last = (0..<x.rank).map { slicing.starts[$0] + (y.shape[$0] - 1) * slicing.strides[$0] }
    let padding = Padding(
      low: slicing.starts, high: (0..<x.rank).map { x.shape[$0] - 1 - last[$0] },
      interior: slicing.strides.map { $0 - 1 })
    return g.pad(padding, value: g.constant(0))
  }

  func pad(_ padding: Padding) -> [Expression?] {
    // Undoing the outer padding may crop or extend; the operand's elements then lie interior + 1 apart.
    let outer = g.pad(
      Padding(
        low: padding.low.map { 0 - $0 }, high: padding.high.map { 0 - $0 },
        interior: [Int](repeating: 0, count: g.rank)), value: g.constant(0))
    let inner = outer.slice(
      Slicing(
        starts: [Int](repeating: 0, count: g.rank), limits: outer.shape.dimensions,
        strides: padding.interior.map { $0 + 1 }))
    return each(inner, g.sum() - inner.sum())
  }

  func concatenate(_ axis: Int) -> [Expression?] {
    var first = 0
    return inputs.indices.map { position in
      let range = first..<(first + inputs[position].shape[axis])
      first = range.upperBound
      return needed[position] ? g.slice(axis: axis, range) : nil
    }
  }

  func dynamicUpdateSlice() -> [Expression?] {
    let (update, starts) = (inputs[1], inputs[2])
    return each(
      g.dynamicUpdateSlice(zeros(update.type), starts: starts),
      g.dynamicSlice(starts: starts, sizes: update.shape.dimensions))
  }

  /// The indices as a gather reads them: what it takes from the edge belongs there, while a scatter would drop it.
  func clampedIndices(_ axis: Int) -> Expression {
    let indices = inputs[1]
    return indices.maximum(0).minimum(Double(Swift.max(x.shape[axis] - 1, 0)))
  }

  func scatterAdd(_ axis: Int) -> [Expression?] {
    func updates() -> Expression {
      let axes = Array(axis..<(axis + inputs[1].rank))
      let lands = isInRange(axis).broadcast(to: inputs[2].shape, axes: axes)
      return lands.select(g.gather(inputs[1], axis: axis), g.constant(0))
    }
    return [needed[0] ? g : nil, nil, needed[2] ? updates() : nil]
  }

  func scatterAddAlong(_ axis: Int) -> [Expression?] {
    func updates() -> Expression {
      isInRange(axis).select(g.gatherAlong(inputs[1], axis: axis), g.constant(0))
    }
    return [needed[0] ? g : nil, nil, needed[2] ? updates() : nil]
  }

  private func isInRange(_ axis: Int) -> Expression {
    let indices = inputs[1]
    let first = indices.greaterOrEqual(indices.constant(0))
    return first.binary(.and, indices.less(indices.constant(Double(x.shape[axis]))))
  }
}
