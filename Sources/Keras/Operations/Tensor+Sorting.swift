import Graph
import ModelFiles

// Order: sorting, ranks, running sums.

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

  /// Positions along an axis of which the first `kth + 1` hold the smallest elements in ascending order, int32; the
  /// others follow in the order of the axis.
  public func argpartition(_ kth: Int, axis: Int = -1) -> Tensor {
    let extent = shape[axis]
    let place = kth < 0 ? kth + extent : kth
    guard rank > 0, (0..<extent).contains(place) else {
      return rejected("argpartition", "place \(kth) does not exist along axis \(axis) of \(describe(partialShape))")
    }
    return unary("Argpartition", ["kth": JSONValue(kth), "axis": JSONValue(axis)]) { x in
      let order = x.sort(axis: axis).indices
      let (first, rest) = (order.slice(axis: axis, 0..<(place + 1)), order.slice(axis: axis, (place + 1)..<extent))
      return x.builder.concatenate([first, rest.sort(axis: axis).values], axis: axis)
    }
  }

  /// How many elements fall between each two of `bins + 1` equally spaced edges, and the edges. The last bin holds its
  /// upper edge too.
  ///
  /// - Parameter range: the outer edges; the smallest and largest element unless given.
  public func histogram(bins: Int = 10, range: (Double, Double)? = nil) -> (counts: Tensor, edges: Tensor) {
    guard bins > 0, bins < 1 << 20, range.map({ $0.0 <= $0.1 && $0.0.isFinite && $0.1.isFinite }) ?? true else {
      let error = rejected("histogram", "needs at least one bin and an ascending range")
      return (error, error)
    }
    let bounds: JSONValue = range.map { .array([.number($0.0), .number($0.1)]) } ?? .null
    let results = Operation(
      className: "Histogram", config: ["bins": JSONValue(bins), "range": bounds], arguments: [.tensor(self)]
    ).apply { operands in
      let x = operands[0].floating.reshape([operands[0].shape.elementCount])
      var low = range.map { x.constant($0.0) } ?? x.reduce(.minimum, axes: [0], keepDimensions: false)
      var high = range.map { x.constant($0.1) } ?? x.reduce(.maximum, axes: [0], keepDimensions: false)
      let isPoint = low.equal(high)
      (low, high) = (isPoint.select(low - 0.5, low), isPoint.select(high + 0.5, high))
      let steps = x.builder.iota(TensorType(x.dtype, [bins + 1]), axis: 0) / Double(bins)
      let edges = low * (1 - steps) + high * steps
      // The bin is the number of edges not above the element, which for the last edge is one too many.
      let place = edges.lessOrEqual(x.expandDimension(-1)).converted(to: .int32).sum(axes: [-1]) - 1
      let bin = x.equal(edges.slice(axis: 0, bins..<(bins + 1))).select(place.constant(Double(bins - 1)), place)
      let isInside = x.greaterOrEqual(low).binary(.and, x.lessOrEqual(high))
      let hits = bin.oneHot(bins, x.dtype) * isInside.converted(to: x.dtype).expandDimension(-1)
      return [hits.sum(axes: [0]), edges]
    }
    return (results[0], results[results.count - 1])
  }

  /// How often each number from 0 on occurs along the last axis, or the sum of its weights, and at least `minLength`
  /// such counts. How many there are depends on the elements.
  ///
  /// In a model the elements are not known: there are `minLength` counts, which must be given, and all of a row are −1
  /// (NaN for weights of floating point) where one of its numbers has no place among them.
  public func bincount(weights: Tensor? = nil, minLength: Int = 0) -> Tensor {
    guard dtype.isInteger || dtype == .bool else {
      return rejected("bincount", "takes integers, found elements of type \(dtype)")
    }
    guard let largest = try? buffer().doubles().max() ?? -1 else {
      guard minLength > 0, minLength < 1 << 24 else {
        return rejected(
          "bincount", "needs minlength in a model, as the number of counts depends on the data; found \(minLength)")
      }
      let known = weights.flatMap { try? $0.buffer().nested }
      if case .symbolic? = weights?.content {
        return rejected("bincount", "takes weights whose values are known, when it is part of a model")
      }
      let config: Config = ["weights": known ?? nil, "minlength": JSONValue(minLength), "sparse": false]
      return composed("Bincount", config) { tensors in
        let counts = tensors[0].counted(weights, minLength)
        let fits = tensors[0].less(Double(minLength)).all(axis: [-1], keepDims: true)
        return `where`(fits, counts, Tensor(counts.dtype.isFloatingPoint ? .nan : -1, dtype: counts.dtype))
      }
    }
    let length = Swift.max(Int(largest) + 1, minLength)
    guard length >= 0, length < 1 << 24 else { return rejected("bincount", "would have \(largest) counts") }
    return counted(weights, length)
  }

  private func counted(_ weights: Tensor?, _ length: Int) -> Tensor {
    let hot = asType(.int32).oneHot(length, dtype: weights?.dtype ?? .int32)
    return (weights.map { hot * $0.expandDims(-1) } ?? hot).sum(axis: [rank - 1])
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

  /// Running sums along an axis, or over the flat tensor.
  public func cumsum(axis: Int? = nil) -> Tensor { cumulative("Cumsum", .sum, axis) }

  /// Running products along an axis, or over the flat tensor.
  public func cumprod(axis: Int? = nil) -> Tensor { cumulative("Cumprod", .product, axis) }

  private func cumulative(_ className: String, _ kind: Reduction, _ axis: Int?) -> Tensor {
    unary(className, ["axis": JSONValue(axis), "dtype": nil]) { input in
      let x = input.numeric
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
