import Graph
import ModelFiles

extension TensorFlowTable {
  mutating func addReductions() {
    let reductions: [(String, @Sendable (Tensor, [Int]?, Bool) -> Tensor)] = [
      ("sum", { $0.sum(axis: $1, keepDims: $2).asType($0.dtype) }),
      ("prod", { $0.product(axis: $1, keepDims: $2).asType($0.dtype) }),
      // TensorFlow divides integers as integers, towards zero.
      (
        "mean",
        {
          $0.dtype.isInteger
            ? $0.mean(axis: $1, keepDims: $2).trunc().asType($0.dtype) : $0.mean(axis: $1, keepDims: $2)
        }
      ),
      ("max", { $0.max(axis: $1, keepDims: $2) }), ("min", { $0.min(axis: $1, keepDims: $2) }),
      ("any", { $0.any(axis: $1, keepDims: $2) }), ("all", { $0.all(axis: $1, keepDims: $2) }),
      ("std", { $0.standardDeviation(axis: $1, keepDims: $2) }), ("variance", { $0.variance(axis: $1, keepDims: $2) }),
      ("logsumexp", { $0.logSumExp(axis: $1, keepDims: $2) }),
      ("euclidean_norm", { $0.square().sum(axis: $1, keepDims: $2).sqrt() }),
    ]
    for (name, body) in reductions {
      add("math.reduce_\(name) reduce_\(name)", ["input_tensor", "axis", "keepdims"]) { call in
        body(
          try call.tensor("input_tensor"), try call.axes("axis", "reduction_indices"),
          try call.flag("keepdims") || call.flag("keep_dims"))
      }
    }
    add("math.count_nonzero", ["input", "axis", "keepdims", "dtype"]) { call in
      let name = call.arguments.keyword["input_tensor"] == nil ? "input" : "input_tensor"
      let counts = try call.tensor(name).notEqual(0).asType(.int32)
      return counts.sum(axis: try call.axes("axis"), keepDims: try call.flag("keepdims"))
        .asType(try call.type() ?? .int64)
    }
    add("math.zero_fraction nn.zero_fraction", ["value"]) { try $0.tensor("value").equal(0).asType(.float32).mean() }
    for (name, largest) in [("math.argmax argmax", true), ("math.argmin argmin", false)] {
      add(name, ["input", "axis", "output_type"]) { call in
        let x = try call.tensor("input")
        let axis = try call.axes("axis", "dimension")?.first ?? 0
        return (largest ? x.argmax(axis: axis) : x.argmin(axis: axis)).asType(try call.type("output_type") ?? .int64)
      }
    }
    addCumulative("math.cumsum cumsum") { $0.cumsum(axis: $1) }
    addCumulative("math.cumprod", start: 1) { $0.cumprod(axis: $1) }
    add("norm linalg.norm", ["tensor", "ord", "axis", "keepdims"]) { call in
      let (x, order) = (try call.tensor("tensor"), try call.value("ord") ?? "euclidean")
      let (axis, keepDims) = (try call.axes("axis"), try call.flag("keepdims") || call.flag("keep_dims"))
      switch order {
      case "euclidean", "fro": return x.square().sum(axis: axis, keepDims: keepDims).sqrt()
      default:
        guard let power = order.double, (axis?.count ?? x.rank) == 1 else {
          throw call.error("ord", "has no equal here at \(order)")
        }
        return x.norm(try NormOrder(serialized: .number(power)), axis: axis, keepDims: keepDims)
      }
    }
    for (name, givesPlaces) in [("sort", false), ("argsort", true)] {
      add(name, ["values", "axis", "direction"]) { call in
        let (x, axis) = (try call.tensor("values"), try call.int("axis", -1))
        let sorted = givesPlaces ? x.argsort(axis: axis).asType(.int32) : x.sort(axis: axis)
        guard try call.string("direction", "ASCENDING") == "DESCENDING" else { return sorted }
        if givesPlaces { return (-x).argsort(axis: axis).asType(.int32) }
        return sorted.flip([axis])
      }
    }
    let segments: [(String, @Sendable (Tensor, Tensor, Int) -> Tensor)] = [
      ("sum", { $0.segmentSum($1, count: $2) }), ("prod", { $0.segmentProduct($1, count: $2) }),
      ("max", { $0.segmentMax($1, count: $2) }), ("min", { $0.segmentMin($1, count: $2) }),
    ]
    for (name, body) in segments {
      add("math.segment_\(name)", ["data", "segment_ids"]) { call in
        guard let ids = try call.optionalInts("segment_ids"), let last = ids.max() else {
          throw call.error("segment_ids", "must be known, as the result's shape depends on it")
        }
        return body(try call.tensor("data"), .integers(ids), last + 1)
      }
      add("math.unsorted_segment_\(name)", ["data", "segment_ids", "num_segments"]) { call in
        body(try call.tensor("data"), try call.tensor("segment_ids"), try call.int("num_segments"))
      }
    }
    add("math.bincount", ["arr", "weights", "minlength", "maxlength"]) { call in
      // The result has as many places as the largest number says, unless both lengths are the same.
      guard let length = try call.optionalInt("minlength"), try call.optionalInt("maxlength") == length else {
        throw call.error("maxlength", "must be minlength; otherwise the shape of the result depends on the data")
      }
      let hot = try call.tensor("arr").ravel().oneHot(length, dtype: .int32)
      guard let weights = try call.optionalTensor("weights") else { return hot.sum(axis: [0]) }
      return (hot.asType(weights.dtype) * weights.ravel().expandDims(-1)).sum(axis: [0])
    }
    add("histogram_fixed_width", ["values", "value_range", "nbins", "dtype"]) { call in
      let (x, count) = (try call.tensor("values"), try call.int("nbins", 100))
      let range = try call.value("value_range")?.array?.compactMap(\.double) ?? []
      guard range.count == 2, count > 0 else { throw call.error("value_range", "must be two numbers") }
      let bins = ((x - range[0]) * (Double(count) / (range[1] - range[0]))).floor().clip(0, Double(count - 1))
      return bins.ravel().asType(.int32).oneHot(count, dtype: .int32).sum(axis: [0])
    }
  }

  private mutating func addCumulative(
    _ names: String, start: Double = 0, _ body: @escaping @Sendable (Tensor, Int) -> Tensor
  ) {
    add(names, ["x", "axis", "exclusive", "reverse"]) { call in
      let x = try call.tensor("x")
      let axis = try call.axis("axis", 0, of: x)
      let (exclusive, reverse) = (try call.flag("exclusive"), try call.flag("reverse"))
      var result = body(reverse ? x.flip([axis]) : x, axis)
      if exclusive {
        let all = [TensorIndex](repeating: .all, count: axis)
        var widths = [(Int, Int)](repeating: (0, 0), count: x.rank)
        widths[axis] = (1, 0)
        result = result.pad(widths, value: start).item(all + [.range(nil, -1)])
      }
      return reverse ? result.flip([axis]) : result
    }
  }
}
