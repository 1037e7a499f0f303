import Graph
import ModelFiles

// Elements by tensors of positions. Negative positions count from the end; those out of range are moved inside.

extension Tensor {
  /// The elements at `indices` along an axis; the index's axes take its place. Without an axis, of the flat tensor.
  public func take(_ indices: Tensor, axis: Int?) -> Tensor {
    operation("Take", ["axis": JSONValue(axis)], with: [.tensor(indices)]) { operands in
      let x = axis == nil ? operands[0].reshape([operands[0].shape.elementCount]) : operands[0]
      return x.gather(operands[1].position(below: x.shape[axis ?? 0]), axis: axis ?? 0)
    }
  }

  /// The elements at `indices` along an axis; the index's axes take its place.
  public func take(_ indices: Tensor) -> Tensor { take(indices, axis: 0) }

  /// For each position of `indices`, which is shaped as the tensor but for `axis`, the element there.
  public func takeAlongAxis(_ indices: Tensor, axis: Int?) -> Tensor {
    operation("TakeAlongAxis", ["axis": JSONValue(axis)], with: [.tensor(indices)]) { operands in
      guard let axis else {
        let x = operands[0].reshape([operands[0].shape.elementCount])
        return x.gatherAlong(operands[1].position(below: x.shape[0]), axis: 0)
      }
      let x = operands[0]
      return x.gatherAlong(operands[1].position(below: x.shape[axis]), axis: axis)
    }
  }

  /// The box of extents `sizes` that starts at the positions in `starts`, one an axis.
  public func slice(starts: Tensor, sizes: [Int]) -> Tensor {
    operation("Slice", ["shape": JSONValue(sizes)], with: [.tensor(starts)]) {
      $0[0].dynamicSlice(starts: $0[1].converted(to: .int32), sizes: sizes)
    }
  }

  /// With `updates` in the place of the box that starts at `starts`.
  public func sliceUpdate(starts: Tensor, _ updates: Tensor) -> Tensor {
    operation("SliceUpdate", with: [.tensor(starts), .tensor(updates)]) {
      $0[0].dynamicUpdateSlice($0[2].converted(to: $0[0].dtype), starts: $0[1].converted(to: .int32))
    }
  }

  /// Zeros of this shape with the tensor's elements added at `indices` `[n, k]`, positions along the first k axes.
  public func scatter(_ indices: Tensor, shape: [Int]) -> Tensor {
    guard Shape(shape).isValid else { return rejected("scatter", "shape \(shape) is negative or too large") }
    let arguments: [Argument] = [.tensor(indices), .tensor(self)]
    return Operation(className: "Scatter", config: ["shape": JSONValue(shape)], arguments: arguments).apply {
      let zeros = $0[1].builder.full(0, TensorType($0[1].dtype, Shape(shape)))
      return [zeros.scatterAdd(at: $0[0], $0[1])]
    }[0]
  }

  /// With `updates` at `indices` `[n, k]`, positions along the first k axes.
  ///
  /// - Parameter adding: whether to add to what is there instead of replacing it.
  public func scatterUpdate(_ indices: Tensor, _ updates: Tensor, adding: Bool = false) -> Tensor {
    let config: Config = ["reduction": adding ? "add" : nil]
    return operation("ScatterUpdate", config, with: [.tensor(indices), .tensor(updates)]) { operands in
      let (x, indices) = (operands[0], operands[1])
      let updates = operands[2].converted(to: x.dtype)
      if adding { return x.scatterAdd(at: indices, updates) }
      let zeros = x.builder.full(0, x.type)
      let hits = zeros.scatterAdd(at: indices, x.builder.full(1, updates.type))
      // A place that is named twice gets the mean of its updates.
      let placed = zeros.scatterAdd(at: indices, updates) / hits.maximum(1)
      return hits.greater(hits.constant(0)).select(placed, x)
    }
  }

  /// 1 at the index, 0 elsewhere, along a new axis; an index out of range gives zeros.
  public func oneHot(_ classCount: Int, axis: Int = -1, dtype: DType = .float32) -> Tensor {
    let config: Config = [
      "num_classes": JSONValue(classCount), "axis": JSONValue(axis), "dtype": .string(dtype.rawValue),
      "sparse": false,
    ]
    guard classCount >= 0 else { return rejected("one_hot", "the number of classes is negative: \(classCount)") }
    return unary("OneHot", config) { x in
      let hot = (x.dtype.isInteger ? x : x.converted(to: .int32)).oneHot(classCount, dtype)
      let place = axis < 0 ? axis + hot.rank : axis
      guard place != hot.rank - 1, (0..<hot.rank).contains(place) else { return hot }
      var order = Array((0..<hot.rank).dropLast())
      order.insert(hot.rank - 1, at: place)
      return hot.transpose(order)
    }
  }

  /// 1 for each class that occurs along axis 1 (axis 0 of a vector).
  public func multiHot(_ classCount: Int, dtype: DType = .float32) -> Tensor {
    let config: Config = [
      "num_classes": JSONValue(classCount), "axis": -1, "dtype": .string(dtype.rawValue), "sparse": false,
    ]
    return composed("MultiHot", config) {
      let x = $0[0]
      return x.asType(.int32).oneHot(classCount, dtype: dtype).max(axis: [x.rank > 1 ? 1 : 0])
    }
  }

  /// Sums of the rows with the same segment number.
  public func segmentSum(_ segments: Tensor, count: Int) -> Tensor {
    let config: Config = ["num_segments": JSONValue(count), "sorted": false]
    guard count >= 0 else { return rejected("segment_sum", "the number of segments is negative: \(count)") }
    return operation("SegmentSum", config, with: [.tensor(segments)]) {
      let zeros = $0[0].builder.full(0, TensorType($0[0].dtype, $0[0].shape.replacing(axis: 0, with: count)))
      return zeros.scatterAdd($0[1].converted(to: .int32), $0[0], axis: 0)
    }
  }

  /// Products of the rows with the same segment number; 1 where there are none.
  public func segmentProduct(_ segments: Tensor, count: Int) -> Tensor {
    segmentReduction("SegmentProd", segments, count, .product, neutral: 1)
  }

  /// The largest of the rows with the same segment number; −∞ where there are none.
  public func segmentMax(_ segments: Tensor, count: Int) -> Tensor {
    segmentReduction("SegmentMax", segments, count, .maximum, neutral: -.infinity)
  }

  /// The smallest of the rows with the same segment number; ∞ where there are none.
  public func segmentMin(_ segments: Tensor, count: Int) -> Tensor {
    segmentReduction("SegmentMin", segments, count, .minimum, neutral: .infinity)
  }

  private func segmentReduction(
    _ className: String, _ segments: Tensor, _ count: Int, _ kind: Reduction, neutral: Double
  ) -> Tensor {
    let config: Config = ["num_segments": JSONValue(count), "sorted": false]
    guard count >= 0 else { return rejected(className, "the number of segments is negative: \(count)") }
    return operation(className, config, with: [.tensor(segments)]) { operands in
      let rows = operands[0]
      var member = operands[1].converted(to: .int32).oneHot(count, .bool)
      for _ in 1..<Swift.max(rows.rank, 1) { member = member.expandDimension(-1) }
      return member.select(rows.expandDimension(1), rows.constant(neutral)).reduce(kind, axes: [0])
    }
  }

  /// Whether each element is among `values`.
  public func isIn(_ values: Tensor) -> Tensor {
    operation("IsIn", ["assume_unique": false, "invert": false], with: [.tensor(values)]) { operands in
      let (x, candidates) = promoted(operands[0], operands[1])
      let row = candidates.reshape([candidates.shape.elementCount])
      return x.expandDimension(-1).equal(row).reduce(.any, axes: [-1])
    }
  }
}

extension Expression {
  /// Indices from the front, int32 or int64.
  fileprivate func position(below extent: Int) -> Expression {
    let index = dtype == .int64 ? self : converted(to: .int32)
    return index.less(index.constant(0)).select(index + Double(extent), index)
  }

  /// `updates` added at `indices` `[…, k]`, positions along the first k axes.
  fileprivate func scatterAdd(at indices: Expression, _ updates: Expression) -> Expression {
    let depth = indices.shape[-1]
    guard indices.rank >= 1, depth <= rank else {
      return failed("scatter", "indices of shape \(indices.shape) do not fit shape \(shape)")
    }
    let lead = Array(shape.dimensions.prefix(depth))
    let rest = Array(shape.dimensions.dropFirst(depth))
    let strides = Shape(lead).strides.map(Double.init)
    let positions = indices.converted(to: .int32)
    let flat = (positions * builder.vector(strides, .int32)).sum(axes: [-1])
    let count = flat.shape.elementCount
    return reshape(Shape([Shape(lead).elementCount] + rest))
      .scatterAdd(flat.reshape([count]), updates.reshape(Shape([count] + rest)), axis: 0).reshape(shape)
  }
}
