extension GradientContext {
  func reduce(_ reduction: Reduction, _ axes: [Int]) -> Expression {
    let kept = (0..<x.rank).filter { !axes.contains($0) }
    let g = g.broadcast(to: x.shape, axes: kept)
    switch reduction {
    case .sum: return g
    case .product: return g * productOfOthers(axes, kept)
    case .maximum, .minimum:
      let hits = x.equal(y.broadcast(to: x.shape, axes: kept))
      let count = hits.converted(to: x.dtype).sum(axes: axes)
      let share = self.g / count
      return hits.select(share.broadcast(to: x.shape, axes: kept), g.constant(0))
    case .all, .any: return zeros(x.type)
    }
  }

  /// For each element, the product of the others that are reduced with it: of those before it and those after it,
  /// since dividing the whole product by the element fails at 0.
  private func productOfOthers(_ axes: [Int], _ kept: [Int]) -> Expression {
    let permutation = kept + axes
    let moved = x.transpose(permutation)
    let count = axes.reduce(1) { $0 * x.shape[$1] }
    let rows = moved.reshape(Shape(kept.map { x.shape[$0] } + [count]))
    let axis = rows.rank - 1
    guard count > 0 else { return zeros(x.type) }
    var low = [Int](repeating: 0, count: rows.rank)
    low[axis] = 1
    let none = [Int](repeating: 0, count: rows.rank)
    let before = rows.cumulative(.product, axis: axis).slice(axis: axis, 0..<(count - 1)).pad(
      low: low, high: none, value: 1)
    let after = rows.cumulative(.product, axis: axis, reverse: true).slice(axis: axis, 1..<count).pad(
      low: none, high: low, value: 1)
    return (before * after).reshape(moved.shape).transpose(inverse(permutation))
  }
}
