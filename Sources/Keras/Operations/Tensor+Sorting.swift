import Graph
import ModelFiles

// Order: sorting, ranks, quantiles, running sums.

extension Tensor {
  /// Ascending along an axis; NaN last.
  public func sort(axis: Int = -1) -> Tensor { unary("Sort", ["axis": JSONValue(axis)]) { $0.sort(axis: axis).values } }

  /// The positions that sort an axis, int32; equal elements keep their order.
  public func argsort(axis: Int = -1) -> Tensor {
    unary("Argsort", ["axis": JSONValue(axis)]) { $0.sort(axis: axis).indices }
  }

  /// The `k` largest elements of the last axis, descending, and their positions.
  public func topK(_ k: Int, sorted: Bool = true) -> (values: Tensor, indices: Tensor) {
    guard k >= 0, k <= shape[-1], rank > 0 else {
      let error = rejected("top_k", "k must be from 0 to \(shape[-1]), found \(k)")
      return (error, error)
    }
    let config: Config = ["k": JSONValue(k), "sorted": .bool(sorted)]
    let results = Operation(className: "TopK", config: config, arguments: [.tensor(self)]).apply {
      let (values, indices) = $0[0].sort(axis: -1, descending: true)
      return [values.slice(axis: -1, 0..<k), indices.slice(axis: -1, 0..<k)]
    }
    return (results[0], results[results.count - 1])
  }

  /// Whether each of these classes is among the `k` largest of its row of `predictions`.
  public func inTopK(_ predictions: Tensor, k: Int) -> Tensor {
    operation("InTopK", ["k": JSONValue(k)], with: [.tensor(predictions)]) { operands in
      let labels = operands[0].converted(to: .int32)
      let scores = operands[1]
      let own = scores.gatherAlong(labels.expandDimension(-1), axis: -1)
      let better = scores.greater(own).converted(to: .int32).sum(axes: [-1])
      let isFinite = own.squeeze(-1).floating.unary(.isFinite)
      return better.less(better.constant(Double(k))).binary(.and, isFinite)
    }
  }

  /// Where each of `values` would be inserted into this sorted vector, int32.
  public func searchSorted(_ values: Tensor, side: InsertionSide = .left) -> Tensor {
    operation("SearchSorted", ["side": .string(side.rawValue)], with: [.tensor(values)]) { operands in
      let (sequence, values) = promoted(operands[0], operands[1])
      let column = values.expandDimension(-1)
      let before = side == .left ? sequence.less(column) : sequence.lessOrEqual(column)
      return before.converted(to: .int32).sum(axes: [-1])
    }
  }

  /// The number of the bin of each element, int32: how many of the ascending boundaries are not above it.
  public func digitize(_ boundaries: Tensor) -> Tensor {
    operation("Digitize", with: [.tensor(boundaries)]) { operands in
      let (x, boundaries) = promoted(operands[0], operands[1])
      return boundaries.lessOrEqual(x.expandDimension(-1)).converted(to: .int32).sum(axes: [-1])
    }
  }

  /// The middle element of each axis, or the mean of the two middle ones.
  public func median(axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    unary("Median", ["axis": JSONValue(axis), "keepdims": .bool(keepDims)]) {
      $0.quantiles([0.5], axis: axis, keepDimensions: keepDims).squeeze(0)
    }
  }

  /// The value below which the fraction `q` of the elements lies, between neighbours linearly.
  public func quantile(_ q: Double, axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    quantile(.number(q), [q], axis, keepDims) { $0.squeeze(0) }
  }

  /// Several quantiles, along a new first axis.
  public func quantile(_ q: [Double], axis: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    quantile(.array(q.map { .number($0) }), q, axis, keepDims) { $0 }
  }

  private func quantile(
    _ argument: JSONValue, _ q: [Double], _ axis: [Int]?, _ keepDims: Bool,
    _ finish: @escaping @Sendable (Expression) -> Expression
  ) -> Tensor {
    guard !q.isEmpty, q.allSatisfy({ (0...1).contains($0) }) else {
      return rejected("quantile", "q must be from 0 to 1, found \(q)")
    }
    let config: Config = ["axis": JSONValue(axis), "method": "linear", "keepdims": .bool(keepDims)]
    return operation("Quantile", config, with: [.value(argument)]) {
      finish($0[0].quantiles(q, axis: axis, keepDimensions: keepDims))
    }
  }

  /// Running sums along an axis, or over the flat tensor.
  public func cumsum(axis: Int? = nil) -> Tensor { cumulative("Cumsum", .sum, axis) }

  /// Running products along an axis, or over the flat tensor.
  public func cumprod(axis: Int? = nil) -> Tensor { cumulative("Cumprod", .product, axis) }

  private func cumulative(_ className: String, _ kind: Reduction, _ axis: Int?) -> Tensor {
    unary(className, ["axis": JSONValue(axis), "dtype": nil]) { input in
      let x = input.dtype == .bool ? input.converted(to: .int32) : input
      return axis.map { x.cumulative(kind, axis: $0) } ?? x.reshape([x.shape.elementCount]).cumulative(kind, axis: 0)
    }
  }

  /// The differences of neighbours along an axis, `n` times.
  public func diff(n: Int = 1, axis: Int = -1) -> Tensor {
    unary("Diff", ["n": JSONValue(n), "axis": JSONValue(axis)]) { x in
      (0..<Swift.max(n, 0)).reduce(x) { part, _ in
        let extent = part.shape[axis]
        guard extent > 0 else { return part }
        return part.slice(axis: axis, 1..<extent) - part.slice(axis: axis, 0..<(extent - 1))
      }
    }
  }
}

/// On which side of equal elements `searchSorted` inserts.
public enum InsertionSide: String, Sendable, CaseIterable { case left, right }

extension Expression {
  /// Quantiles of all of `axis` together, stacked along a new first axis.
  fileprivate func quantiles(_ q: [Double], axis: [Int]?, keepDimensions: Bool) -> Expression {
    let x = floating
    let axes = (axis ?? Array(0..<rank)).compactMap { shape.normalized(axis: $0) }
    let kept = (0..<rank).filter { !axes.contains($0) }
    let count = axes.reduce(1) { $0 &* shape[$1] }
    guard count > 0 else { return failed("quantile", "of no elements: shape \(shape)") }
    let rows = x.transpose(kept + axes).reshape(Shape(kept.map { shape[$0] } + [count]))
    let sorted = rows.sort(axis: -1).values
    let parts = q.map { fraction -> Expression in
      let place = fraction * Double(count - 1)
      let low = Swift.min(Int(place.rounded(.down)), count - 1)
      let high = Swift.min(low + 1, count - 1)
      let below = sorted.slice(axis: -1, low..<(low + 1)).squeeze(-1)
      let above = sorted.slice(axis: -1, high..<(high + 1)).squeeze(-1)
      return below + (above - below) * (place - Double(low))
    }
    let stacked = builder.stack(parts, axis: 0)
    return keepDimensions ? stacked.reshape(Shape([q.count] + shape.keeping(axes: axes).dimensions)) : stacked
  }
}
