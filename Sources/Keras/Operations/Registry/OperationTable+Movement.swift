import Graph
import ModelFiles

extension OperationTable {
  mutating func addMovement() {
    add("Reshape", "reshape", ["x", "newshape"]) { try $0.tensor("x").reshape($0.ints("newshape")) }
    add("Transpose", "transpose", ["x", "axes"]) { try $0.tensor("x").transpose($0.optionalInts("axes")) }
    add("Swapaxes", "swapaxes", ["x", "axis1", "axis2"]) {
      try $0.tensor("x").swapAxes($0.int("axis1"), $0.int("axis2"))
    }
    add("Moveaxis", "moveaxis", ["x", "source", "destination"]) {
      try $0.tensor("x").moveAxis($0.ints("source"), to: $0.ints("destination"))
    }
    add("ExpandDims", "expand_dims", ["x", "axis"]) { call in
      try call.ints("axis").reduce(try call.tensor("x")) { $0.expandDims($1) }
    }
    add("Squeeze", "squeeze", ["x", "axis"]) { call in
      let x = try call.tensor("x")
      guard let axes = try call.optionalInts("axis") else { return x.squeeze() }
      return axes.map { $0 < 0 ? $0 + x.rank : $0 }.sorted(by: >).reduce(x) { $0.squeeze($1) }
    }
    addUnary("Ravel", "ravel") { $0.ravel() }
    add("Flip", "flip", ["x", "axis"]) { call in
      let x = try call.tensor("x")
      return try call.optionalInts("axis").map { x.flip($0) } ?? x.flip()
    }
    add("Roll", "roll", ["x", "shift", "axis"]) { call in
      let (x, shifts) = (try call.tensor("x"), try call.ints("shift"))
      guard let axes = try call.optionalInts("axis") else { return x.roll(shifts.reduce(0, +)) }
      // One shift for all axes, several along one, or one for each.
      let count = Swift.max(shifts.count, axes.count)
      guard [1, count].contains(shifts.count), [1, count].contains(axes.count) else {
        throw call.error("shift", "must have one number for each axis")
      }
      return (0..<count).reduce(x) { x, index in
        x.roll(shifts[shifts.count == 1 ? 0 : index], axis: axes[axes.count == 1 ? 0 : index])
      }
    }
    add("Rot90", "rot90", ["array", "k", "axes"]) { call in
      let axes = try call.optionalInts("axes") ?? [0, 1]
      guard axes.count == 2 else { throw call.error("axes", "must be two integers") }
      return try call.tensor("array").rotate90(k: call.int("k", 1), axes: (axes[0], axes[1]))
    }
    add("Tile", "tile", ["x", "repeats"]) { try $0.tensor("x").tile($0.ints("repeats")) }
    add("Repeat", "repeat", ["x", "repeats", "axis"]) {
      try $0.tensor("x").repeated($0.int("repeats"), axis: $0.optionalInt("axis"))
    }
    add("BroadcastTo", "broadcast_to", ["x", "shape"]) { try $0.tensor("x").broadcast(to: $0.ints("shape")) }
    add("Concatenate", "concatenate", ["xs", "axis"]) { concatenate(try $0.tensors("xs"), axis: try $0.int("axis", 0)) }
    add("Stack", "stack", ["x", "axis"]) { stack(try $0.tensors("x"), axis: try $0.int("axis", 0)) }
    add("Hstack", "hstack", ["xs"]) { hstack(try $0.tensors("xs")) }
    add("Vstack", "vstack", ["xs"]) { vstack(try $0.tensors("xs")) }
    addMultiple("Split", "split", ["x", "indices_or_sections", "axis"]) { call in
      let (x, axis) = (try call.tensor("x"), try call.int("axis", 0))
      if let places = try call.value("indices_or_sections")?.array {
        return x.split(at: places.compactMap(\.int), axis: axis)
      }
      return x.split(try call.int("indices_or_sections"), axis: axis)
    }
    addMultiple("Unstack", "unstack", ["x", "num", "axis"]) { try $0.tensor("x").unstack(axis: $0.int("axis", 0)) }
    add("Pad", "pad", ["x", "pad_width", "mode", "constant_values"]) { call in
      let x = try call.tensor("x")
      return x.pad(
        try call.padWidths(rank: x.rank), mode: try call.choice("mode", .constant),
        value: try call.double("constant_values", 0))
    }
    addMultiple("Meshgrid", "meshgrid", ["x", "indexing"]) { call in
      // By name only: all positional arguments are vectors.
      let indexing = call.arguments.keyword["indexing"]?.plainValue ?? call.config["indexing"]
      return meshgrid(try call.variadic(from: "x"), matrixIndexing: indexing == "ij")
    }
    add("Dstack", "dstack", ["xs"]) { dstack(try $0.tensors("xs")) }
    add("Append", "append", ["x1", "x2", "axis"]) { call in
      let parts = [try call.tensor("x1"), try call.tensor("x2")]
      guard let axis = try call.optionalInt("axis") else { return concatenate(parts.map { $0.ravel() }, axis: 0) }
      return concatenate(parts, axis: axis)
    }
    addMultiple("ArraySplit", "array_split", ["x", "indices_or_sections", "axis"]) { call in
      let (x, axis) = (try call.tensor("x"), try call.int("axis", 0))
      if let places = try call.value("indices_or_sections")?.array {
        return x.split(at: places.compactMap(\.int), axis: axis)
      }
      return x.arraySplit(try call.int("indices_or_sections"), axis: axis)
    }
    addAxisSplit("Vsplit", "vsplit") { _ in 0 }
    addAxisSplit("Hsplit", "hsplit") { $0.rank > 1 ? 1 : 0 }
    addAxisSplit("Dsplit", "dsplit") { _ in 2 }
    addUnary("Fliplr", "fliplr") { $0.flip([1]) }
    addUnary("Flipud", "flipud") { $0.flip([0]) }
    addUnary("Size", "size") { Tensor(Double($0.shape.elementCount), dtype: .int32) }
    addUnary("Ndim", "ndim") { Tensor(Double($0.rank), dtype: .int32) }
    add("Rearrange", "rearrange", ["tensor", "pattern"]) { call in
      var lengths: [String: Int] = [:]
      for (name, value) in call.arguments.keyword where !["tensor", "pattern"].contains(name) {
        lengths[name] = value.plainValue?.int
      }
      return try call.tensor("tensor").rearranged(call.string("pattern", ""), lengths)
    }
    add("Diagflat", "diagflat", ["x", "k"]) { try $0.tensor("x").diagFlat(k: $0.int("k", 0)) }
    add("EmptyLike", "empty_like", ["x", "dtype"]) { try $0.tensor("x").zerosLike(dtype: $0.optionalDType()) }
    add("FullLike", "full_like", ["x", "fill_value", "dtype"]) {
      try $0.tensor("x").fullLike($0.tensor("fill_value"), dtype: $0.optionalDType())
    }
    add("Vander", "vander", ["x", "N", "increasing"]) {
      try $0.tensor("x").vander($0.optionalInt("N"), increasing: $0.flag("increasing"))
    }
    addMultiple("UnravelIndex", "unravel_index", ["indices", "shape"]) {
      try $0.tensor("indices").unravelIndex($0.ints("shape"))
    }
    for (className, function, value) in [("Zeros", "zeros", 0.0), ("Ones", "ones", 1), ("Empty", "empty", 0)] {
      add(className, function, ["shape", "dtype"]) { call in
        .full(Shape(try call.ints("shape")), value, dtype: try call.optionalDType() ?? .float32)
      }
    }
    add("Identity", "identity", ["n", "dtype"]) { call in
      let n = try call.int("n")
      try call.checkTable("n", n, n)
      return .eye(n, dtype: try call.optionalDType() ?? .float32)
    }
    add("Tril", "tril", ["x", "k"]) { try $0.tensor("x").tril(k: $0.int("k", 0)) }
    add("Triu", "triu", ["x", "k"]) { try $0.tensor("x").triu(k: $0.int("k", 0)) }
    add("Diag", "diag", ["x", "k"]) { try $0.tensor("x").diag(k: $0.int("k", 0)) }
    add("Diagonal", "diagonal", ["x", "offset", "axis1", "axis2"]) {
      try $0.tensor("x").diagonal(offset: $0.int("offset", 0), axis1: $0.int("axis1", 0), axis2: $0.int("axis2", 1))
    }
    add("Trace", "trace", ["x", "offset", "axis1", "axis2"]) {
      try $0.tensor("x").trace(offset: $0.int("offset", 0), axis1: $0.int("axis1", 0), axis2: $0.int("axis2", 1))
    }
    add("ZerosLike", "zeros_like", ["x", "dtype"]) { try $0.tensor("x").zerosLike(dtype: $0.optionalDType()) }
    add("OnesLike", "ones_like", ["x", "dtype"]) { try $0.tensor("x").onesLike(dtype: $0.optionalDType()) }
    add("Full", "full", ["shape", "fill_value", "dtype"]) { call in
      let value = try call.tensor("fill_value")
      let dtype = try call.optionalDType() ?? (value.dtype == .int32 ? .float32 : value.dtype)
      return value.asType(dtype).broadcast(to: try call.ints("shape"))
    }
    add("Arange", "arange", ["start", "stop", "step", "dtype"]) { call in
      let start = try call.double("start")
      let (low, high) = try call.optionalDouble("stop").map { (start, $0) } ?? (0, start)
      let isWhole = try ["start", "stop", "step"].allSatisfy { try call.value($0).map { $0.isWholeNumber } ?? true }
      let step = try call.double("step", 1)
      try call.checkTable("stop", Int(clamping: Int64(exactly: ((high - low) / step).rounded(.up)) ?? .max))
      return .arange(
        low, high, step: step, dtype: try call.optionalDType() ?? (isWhole ? .int32 : .float32))
    }
    let spacing = ["start", "stop", "num", "endpoint", "dtype", "axis"]
    add("Linspace", "linspace", spacing) {
      try .linspace(
        $0.tensor("start"), $0.tensor("stop"), count: $0.int("num", 50), endpoint: $0.flag("endpoint", true),
        dtype: $0.optionalDType(), axis: $0.int("axis", 0))
    }
    add("Logspace", "logspace", ["start", "stop", "num", "endpoint", "base", "dtype", "axis"]) {
      try .logspace(
        $0.tensor("start"), $0.tensor("stop"), count: $0.int("num", 50), endpoint: $0.flag("endpoint", true),
        base: $0.double("base", 10), dtype: $0.optionalDType(), axis: $0.int("axis", 0))
    }
    add("Geomspace", "geomspace", spacing) {
      try .geomspace(
        $0.tensor("start"), $0.tensor("stop"), count: $0.int("num", 50), endpoint: $0.flag("endpoint", true),
        dtype: $0.optionalDType(), axis: $0.int("axis", 0))
    }
    add("Eye", "eye", ["N", "M", "k", "dtype"]) { call in
      let (rows, columns) = (try call.int("N"), try call.optionalInt("M"))
      try call.checkTable("N", rows, columns ?? rows)
      return .eye(rows, columns, k: try call.int("k", 0), dtype: try call.optionalDType() ?? .float32)
    }
    add("Tri", "tri", ["N", "M", "k", "dtype"]) { call in
      let (rows, columns) = (try call.int("N"), try call.optionalInt("M"))
      try call.checkTable("N", rows, columns ?? rows)
      return .tri(rows, columns, k: try call.int("k", 0), dtype: try call.optionalDType() ?? .float32)
    }
  }

  mutating func addIndexing() {
    add("GetItem", "get_item", ["x", "key"]) { call in
      // A key of null alone is a new axis, which `argument` would take for a missing one.
      let key = try call.value("key") ?? nil
      return try call.tensor("x").item((key.array ?? [key]).map(TensorIndex.init(serialized:)))
    }
    add("Take", "take", ["x", "indices", "axis"]) {
      try $0.tensor("x").take($0.tensor("indices"), axis: $0.optionalInt("axis"))
    }
    add("TakeAlongAxis", "take_along_axis", ["x", "indices", "axis"]) {
      try $0.tensor("x").takeAlongAxis($0.tensor("indices"), axis: $0.optionalInt("axis"))
    }
    add("Slice", "slice", ["inputs", "start_indices", "shape"]) {
      try $0.tensor("inputs").slice(starts: $0.tensor("start_indices"), sizes: $0.ints("shape"))
    }
    add("SliceUpdate", "slice_update", ["inputs", "start_indices", "updates"]) {
      try $0.tensor("inputs").sliceUpdate(starts: $0.tensor("start_indices"), $0.tensor("updates"))
    }
    add("Scatter", "scatter", ["indices", "values", "shape"]) {
      try $0.tensor("values").scatter($0.tensor("indices"), shape: $0.ints("shape"))
    }
    add("ScatterUpdate", "scatter_update", ["inputs", "indices", "updates", "reduction"]) { call in
      let reduction = try call.value("reduction")
      guard reduction == nil || reduction == "add" else { throw call.error("reduction", "must be null or \"add\"") }
      return try call.tensor("inputs").scatterUpdate(
        call.tensor("indices"), call.tensor("updates"), adding: reduction != nil)
    }
    add("OneHot", "one_hot", ["x", "num_classes", "axis", "dtype", "sparse"]) {
      try $0.tensor("x").oneHot(
        $0.int("num_classes"), axis: $0.int("axis", -1), dtype: $0.optionalDType() ?? .float32)
    }
    add("MultiHot", "multi_hot", ["inputs", "num_classes", "axis", "dtype", "sparse"]) {
      try $0.tensor("inputs").multiHot($0.int("num_classes"), dtype: $0.optionalDType() ?? .float32)
    }
    addSegment("SegmentProd", "segment_prod") { $0.segmentProduct($1, count: $2) }
    addSegment("SegmentSum", "segment_sum") { $0.segmentSum($1, count: $2) }
    addSegment("SegmentMax", "segment_max") { $0.segmentMax($1, count: $2) }
    addSegment("SegmentMin", "segment_min") { $0.segmentMin($1, count: $2) }
    addBinary("IsIn", "isin") { $0.isIn($1) }
  }

  private mutating func addAxisSplit(
    _ className: String, _ function: String, _ axis: @escaping @Sendable (Tensor) -> Int
  ) {
    addMultiple(className, function, ["x", "indices_or_sections"]) { call in
      let x = try call.tensor("x")
      if let places = try call.value("indices_or_sections")?.array {
        return x.split(at: places.compactMap(\.int), axis: axis(x))
      }
      return x.split(try call.int("indices_or_sections"), axis: axis(x))
    }
  }

  private mutating func addSegment(
    _ className: String, _ function: String, _ body: @escaping @Sendable (Tensor, Tensor, Int) -> Tensor
  ) {
    add(className, function, ["data", "segment_ids", "num_segments", "sorted"]) {
      body(try $0.tensor("data"), try $0.tensor("segment_ids"), try $0.int("num_segments"))
    }
  }

  mutating func addSorting() {
    add("Sort", "sort", ["x", "axis"]) { try $0.tensor("x").sort(axis: $0.int("axis", -1)) }
    add("Argsort", "argsort", ["x", "axis"]) { try $0.tensor("x").argsort(axis: $0.int("axis", -1)) }
    addMultiple("TopK", "top_k", ["x", "k", "sorted"]) { call in
      let (values, indices) = try call.tensor("x").topK(call.int("k"), sorted: call.flag("sorted", true))
      return [values, indices]
    }
    add("InTopK", "in_top_k", ["targets", "predictions", "k"]) {
      try $0.tensor("targets").inTopK($0.tensor("predictions"), k: $0.int("k"))
    }
    add("SearchSorted", "searchsorted", ["sorted_sequence", "values", "side"]) {
      try $0.tensor("sorted_sequence").searchSorted($0.tensor("values"), side: $0.choice("side", .left))
    }
    add("Digitize", "digitize", ["x", "bins"]) { try $0.tensor("x").digitize($0.tensor("bins")) }
    add("Argpartition", "argpartition", ["x", "kth", "axis"]) { call in
      let (x, kth) = (try call.tensor("x"), try call.int("kth"))
      let isFlat = call.arguments.keyword["axis"]?.plainValue?.isNull == true || call.config["axis"]?.isNull == true
      return isFlat ? x.ravel().argpartition(kth) : x.argpartition(kth, axis: try call.int("axis", -1))
    }
    addMultiple("Histogram", "histogram", ["x", "bins", "range"]) { call in
      let range = try call.value("range")?.array?.compactMap(\.double)
      let bounds = range.flatMap { $0.count == 2 ? ($0[0], $0[1]) : nil }
      let result = try call.tensor("x").histogram(bins: call.int("bins", 10), range: bounds)
      return [result.counts, result.edges]
    }
    add("Bincount", "bincount", ["x", "weights", "minlength", "sparse"]) {
      try $0.tensor("x").bincount(weights: $0.optionalTensor("weights"), minLength: $0.int("minlength", 0))
    }
    add("Trapezoid", "trapezoid", ["y", "x", "dx", "axis"]) {
      try $0.tensor("y").trapezoid($0.optionalTensor("x"), dx: $0.double("dx", 1), axis: $0.int("axis", -1))
    }
    addUnary("Corrcoef", "corrcoef") { $0.corrcoef() }
    add("Correlate", "correlate", ["x1", "x2", "mode"]) {
      try $0.tensor("x1").correlate($0.tensor("x2"), mode: $0.choice("mode", .valid))
    }
    add("Nancumsum", "nancumsum", ["x", "axis", "dtype"]) { try $0.tensor("x").nanCumsum(axis: $0.optionalInt("axis")) }
    add("Nancumprod", "nancumprod", ["x", "axis", "dtype"]) {
      try $0.tensor("x").nanCumprod(axis: $0.optionalInt("axis"))
    }
    add("Cumsum", "cumsum", ["x", "axis", "dtype"]) { try $0.tensor("x").cumsum(axis: $0.optionalInt("axis")) }
    add("Cumprod", "cumprod", ["x", "axis", "dtype"]) { try $0.tensor("x").cumprod(axis: $0.optionalInt("axis")) }
    add("Diff", "diff", ["a", "n", "axis"]) { try $0.tensor("a").diff(n: $0.int("n", 1), axis: $0.int("axis", -1)) }
  }
}

extension OperationCall {
  /// NumPy's pad widths: one number, one pair, or a pair for each axis.
  fileprivate func padWidths(rank: Int) throws -> [(Int, Int)] {
    guard let widths = try value("pad_width") else { throw error("pad_width", "is missing") }
    func pair(_ value: JSONValue) throws -> (Int, Int) {
      if let both = value.int { return (both, both) }
      guard let items = value.array?.compactMap(\.int), (1...2).contains(items.count) else {
        throw error("pad_width", "must be pairs of integers, found \(widths)")
      }
      return (items[0], items[items.count - 1])
    }
    guard let items = widths.array, items.contains(where: { $0.array != nil }) else {
      return [(Int, Int)](repeating: try pair(widths), count: rank)
    }
    return items.count == 1 ? [(Int, Int)](repeating: try pair(items[0]), count: rank) : try items.map(pair)
  }
}

extension JSONValue {
  fileprivate var isWholeNumber: Bool { if case .integer = self { true } else { false } }
}
