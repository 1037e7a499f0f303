import Graph
import ModelFiles

extension TensorFlowTable {
  mutating func addMovement() {
    add("reshape", ["tensor", "shape"]) { call in
      let x = try call.tensor("tensor")
      return x.reshape(try call.shapeKeepingSamples(of: x) ?? call.ints("shape"))
    }
    add("keras.backend.batch_flatten", ["x"]) { call in
      let x = try call.tensor("x")
      return x.reshape([-1, try call.product((1..<Swift.max(x.rank, 1)).map { try call.extent(x, $0) })])
    }
    add("transpose", ["a", "perm", "conjugate"]) { try $0.tensor("a").transpose($0.optionalInts("perm")) }
    add("linalg.matrix_transpose linalg.transpose", ["a"]) { try $0.tensor("a").swapAxes(-2, -1) }
    add("expand_dims", ["input", "axis"]) { call in
      guard let axis = try call.axes("axis", "dim")?.first else { throw call.error("axis", "is missing") }
      return try call.tensor("input").expandDims(axis)
    }
    add("squeeze", ["input", "axis"]) { call in
      let x = try call.tensor("input")
      guard let axes = try call.axes("axis", "squeeze_dims"), !axes.isEmpty else { return x.squeeze() }
      return axes.map { $0 < 0 ? $0 + x.rank : $0 }.sorted(by: >).reduce(x) { $0.squeeze($1) }
    }
    add("concat", ["values", "axis"]) { concatenate(try $0.alike("values"), axis: try $0.int("axis", 0)) }
    add("stack", ["values", "axis"]) { stack(try $0.alike("values"), axis: try $0.int("axis", 0)) }
    addMultiple("unstack", ["value", "num", "axis"]) { try $0.tensor("value").unstack(axis: $0.int("axis", 0)) }
    addMultiple("split", ["value", "num_or_size_splits", "axis", "num"]) { call in
      let (x, axis) = (try call.tensor("value"), try call.int("axis", 0))
      guard try call.value("num_or_size_splits")?.array != nil else {
        return x.split(try call.int("num_or_size_splits"), axis: axis)
      }
      var sizes = try call.lengths("num_or_size_splits")
      if let rest = sizes.firstIndex(of: -1) {
        sizes[rest] = try call.extent(x, axis) - sizes.reduce(1, +)
      }
      var places: [Int] = []
      for size in sizes.dropLast() { places.append((places.last ?? 0) + size) }
      return x.split(at: places, axis: axis)
    }
    add("tile", ["input", "multiples"]) { try $0.tensor("input").tile($0.ints("multiples")) }
    add("repeat", ["input", "repeats", "axis"]) { call in
      let (x, counts) = (try call.tensor("input"), try call.lengths("repeats").map { Swift.max($0, 0) })
      let axis = try call.optionalInt("axis")
      guard counts.count > 1 else { return x.repeated(counts.first ?? 1, axis: axis) }
      try call.checkTable("repeats", counts.prefix(1 << 20).reduce(0, +))
      let places = counts.enumerated().flatMap { [Int](repeating: $0, count: $1) }
      return (axis == nil ? x.ravel() : x).take(.integers(places), axis: axis ?? 0)
    }
    add("pad", ["tensor", "paddings", "mode", "constant_values"]) { call in
      let widths = try call.borders("paddings")
      let name = try call.string("mode", "CONSTANT").lowercased()
      guard let mode = PadMode(rawValue: name) else { throw call.error("mode", "has no equal here at \(name)") }
      return try call.tensor("tensor").pad(widths, mode: mode, value: call.double("constant_values", 0))
    }
    add("reverse", ["tensor", "axis"]) { try $0.tensor("tensor").flip($0.ints("axis")) }
    add("roll", ["input", "shift", "axis"]) { call in
      let (shifts, axes) = (try call.ints("shift"), try call.ints("axis"))
      guard shifts.count == axes.count else { throw call.error("shift", "must have one number for each axis") }
      return try zip(shifts, axes).reduce(call.tensor("input")) { $0.roll($1.0, axis: $1.1) }
    }
    add("broadcast_to", ["input", "shape"]) { try $0.tensor("input").broadcast(to: $0.ints("shape")) }
    addMultiple("meshgrid", ["args", "indexing"]) { call in
      meshgrid(try call.alike("args"), matrixIndexing: try call.string("indexing", "xy") == "ij")
    }
    add("space_to_batch_nd space_to_batch", ["input", "block_shape", "paddings"]) { call in
      let (x, blocks) = (try call.tensor("input"), try call.blocks())
      let padded = x.pad([(0, 0)] + (try call.borders("paddings")) + (blocks.count + 1..<x.rank).map { _ in (0, 0) })
      let extents = try call.extents(padded)
      let inner = zip(extents.dropFirst(), blocks).flatMap { [$0 / $1, $1] }
      let rest = extents.dropFirst(1 + blocks.count)
      let (places, parts) = (blocks.indices.map { 1 + 2 * $0 }, blocks.indices.map { 2 + 2 * $0 })
      let order = parts + [0] + places + rest.indices.map { $0 + blocks.count }
      let batch = try call.product([extents[0]] + blocks)
      return padded.reshape([extents[0]] + inner + rest).transpose(order)
        .reshape([batch] + zip(extents.dropFirst(), blocks).map { $0 / $1 } + rest)
    }
    add("batch_to_space_nd batch_to_space", ["input", "block_shape", "crops"]) { call in
      let (x, blocks) = (try call.tensor("input"), try call.blocks())
      let (extents, crops) = (try call.extents(x), try call.borders("crops"))
      let count = blocks.count
      guard crops.count == count else { throw call.error("crops", "must be a pair for each block") }
      let batch = extents[0] / Swift.max(try call.product(blocks), 1)
      let order = [count] + blocks.indices.flatMap { [count + 1 + $0, $0] } + (2 * count + 1..<x.rank + count)
      let whole = try zip(extents.dropFirst(), blocks).map { try call.product([$0, $1]) }
      let spread = x.reshape(blocks + [batch] + extents.dropFirst()).transpose(order)
        .reshape([batch] + whole + extents.dropFirst(1 + count))
      return spread.item([.all] + zip(whole, crops).map { .range($1.0, $0 - $1.1) })
    }
  }

  mutating func addIndexing() {
    add("__operators__.getitem", ["tensor", "slice_spec"]) { call in
      let spec = call.arguments.keyword["slice_spec"] ?? .value(nil)
      let (x, places) = (try call.tensor("tensor"), try spec.places(call))
      if places.count == 1, case .at(let axis) = places[0], let extent = x.measured?.extent(axis) {
        return .integers([extent], [])
      }
      return x.item(places)
    }
    add("slice", ["input_", "begin", "size"]) { call in
      let name = call.arguments.keyword["input"] == nil ? "input_" : "input"
      let parts = zip(try call.lengths("begin"), try call.lengths("size"))
      return try call.tensor(name).item(parts.map { .range($0, $1 == -1 ? nil : $0 + $1) })
    }
    let strided = ["input_", "begin", "end", "strides"]
    let masks = ["begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"]
    add("strided_slice", strided + masks) { call in
      let name = call.arguments.keyword["input"] == nil ? "input_" : "input"
      let (begin, end) = (try call.ints("begin"), try call.ints("end"))
      let strides = try call.optionalInts("strides") ?? begin.map { _ in 1 }
      let bits = try masks.map { try call.int($0, 0) }
      guard end.count == begin.count, strides.count == begin.count, begin.count < 32 else {
        throw call.error("end", "must be as long as begin")
      }
      return try call.tensor(name).item(
        begin.indices.map { place in
          let flags = bits.map { $0 >> place & 1 == 1 }
          if flags[2] { return .ellipsis }
          if flags[3] { return .newAxis }
          if flags[4] { return .at(begin[place]) }
          return .range(flags[0] ? nil : begin[place], flags[1] ? nil : end[place], step: strides[place])
        })
    }
    add("gather", ["params", "indices", "validate_indices", "axis", "batch_dims"]) { call in
      let (x, indices) = (try call.tensor("params"), try call.tensor("indices"))
      let batch = try call.int("batch_dims", 0)
      let axis = try call.axis("axis", batch, of: x)
      guard batch != 0 else { return x.take(indices, axis: axis) }
      guard batch == axis, indices.rank == axis + 1 else {
        throw call.error("batch_dims", "has no equal here at \(batch) with axis \(axis)")
      }
      return x.takingRows(indices, axis: axis)
    }
    add("nn.embedding_lookup", ["params", "ids"]) { try $0.tensor("params").take($0.tensor("ids"), axis: 0) }
    add("gather_nd", ["params", "indices", "batch_dims"]) { call in
      try call.require("batch_dims", 0)
      let (x, indices) = (try call.tensor("params"), try call.tensor("indices"))
      let depth = try call.extent(indices, -1)
      let extents = try call.extents(x)
      guard depth > 0, depth <= extents.count else { throw call.error("indices", "select along \(depth) axes") }
      // Places in the tensor with its first axes joined.
      var places = indices.item([.ellipsis, .at(0)]).asType(.int32)
      for axis in 1..<Swift.max(depth, 1) {
        places = places * Double(extents[axis]) + indices.item([.ellipsis, .at(axis)]).asType(.int32)
      }
      let joined = try call.product(Array(extents.prefix(depth)))
      return x.reshape([joined] + extents.dropFirst(depth)).take(places, axis: 0)
    }
    add("one_hot", ["indices", "depth", "on_value", "off_value", "axis", "dtype"]) { call in
      let dtype = try call.type() ?? .float32
      let hot = try call.tensor("indices").oneHot(call.int("depth"), axis: call.int("axis", -1), dtype: dtype)
      let (on, off) = (try call.double("on_value", 1), try call.double("off_value", 0))
      return on == 1 && off == 0 ? hot : hot * (on - off) + off
    }
    add("tensor_scatter_nd_update", ["tensor", "indices", "updates"]) { call in
      let x = try call.tensor("tensor")
      return x.scatterUpdate(try call.tensor("indices"), try call.tensor("updates", like: x))
    }
    add("tensor_scatter_nd_add", ["tensor", "indices", "updates"]) { call in
      let x = try call.tensor("tensor")
      return x.scatterUpdate(try call.tensor("indices"), try call.tensor("updates", like: x), adding: true)
    }
    add("scatter_nd", ["indices", "updates", "shape"]) {
      try $0.tensor("updates").scatter($0.tensor("indices"), shape: $0.ints("shape"))
    }
    add("searchsorted", ["sorted_sequence", "values", "side"]) { call in
      let places = try call.tensor("sorted_sequence").searchSorted(
        call.tensor("values"), side: call.choice("side", .left))
      return places.asType(try call.type("out_type") ?? .int32)
    }
    add("boolean_mask", ["tensor", "mask", "name", "axis"]) { call in
      guard let mask = try call.value("mask")?.array, mask.allSatisfy({ $0.bool != nil }) else {
        throw call.error("mask", "must be a known vector; otherwise the result's shape depends on the data")
      }
      let places = mask.indices.filter { mask[$0].bool == true }
      return try call.tensor("tensor").take(.integers(places), axis: call.int("axis", 0))
    }
    add("sequence_mask", ["lengths", "maxlen", "dtype"]) { call in
      guard let length = try call.optionalInt("maxlen") else {
        throw call.error("maxlen", "is missing; the result's shape depends on the data")
      }
      try call.checkTable("maxlen", length)
      let mask = Tensor.arange(0, Double(length)).less(try call.tensor("lengths").asType(.int32).expandDims(-1))
      return try call.type().map { mask.asType($0) } ?? mask
    }
    add("reverse_sequence", ["input", "seq_lengths", "seq_axis", "batch_axis"]) { call in
      let (x, lengths) = (try call.tensor("input"), try call.tensor("seq_lengths").asType(.int32))
      try call.require("batch_axis", 0)
      guard try call.int("seq_axis") == 1 else { throw call.error("seq_axis", "must be 1") }
      try call.checkTable("input", call.extent(x, 1))
      let steps = Tensor.arange(0, Double(try call.extent(x, 1)))
      let ends = lengths.expandDims(-1)
      return x.takingRows(`where`(steps.less(ends), ends - 1 - steps, steps), axis: 1)
    }
  }

  /// Functions whose results are extents, or tensors of given extents.
  mutating func addExtents() {
    add("shape", ["input", "name", "out_type"]) { call in
      .integers(try call.extents(call.tensor("input"))).asType(try call.type("out_type") ?? .int32)
    }
    add("size", ["input", "name", "out_type"]) { call in
      let count = try call.product(call.extents(call.tensor("input")))
      return Tensor.integers([count], []).asType(try call.type("out_type") ?? .int32)
    }
    add("rank", ["input"]) { .integers([try $0.tensor("input").rank], []) }
    add("fill", ["dims", "value"]) { call in
      let value = try call.tensor("value")
      return value.broadcast(to: try call.ints("dims"))
    }
    for (name, value) in [("zeros", 0.0), ("ones", 1)] {
      add(name, ["shape", "dtype"]) { .full(Shape(try $0.ints("shape")), value, dtype: try $0.type() ?? .float32) }
    }
    add("eye linalg.eye", ["num_rows", "num_columns", "batch_shape", "dtype"]) { call in
      try call.require("batch_shape", nil)
      let (rows, columns) = (try call.int("num_rows"), try call.optionalInt("num_columns"))
      try call.checkTable("num_rows", rows, columns ?? rows)
      return .eye(rows, columns, dtype: try call.type() ?? .float32)
    }
    add("range", ["start", "limit", "delta", "dtype"]) { call in
      let start = try call.double("start")
      let (low, high) = try call.optionalDouble("limit").map { (start, $0) } ?? (0, start)
      let step = try call.double("delta", 1)
      guard step != 0 else { throw call.error("delta", "must not be 0") }
      try call.checkTable("limit", Int(clamping: Int64(exactly: ((high - low) / step).rounded(.up)) ?? .max))
      let isWhole = try ["start", "limit", "delta"].allSatisfy { name in
        if case .number? = try call.value(name) { false } else { true }
      }
      return .arange(low, high, step: step, dtype: try call.type() ?? (isWhole ? .int32 : .float32))
    }
    add("linspace", ["start", "stop", "num", "name", "axis"]) { call in
      let (start, stop) = try call.pair("start", "stop")
      return .linspace(start, stop, count: try call.int("num"), axis: try call.int("axis", 0))
    }
  }
}

extension OperationCall {
  /// A list of tensors; numbers among them take the type of the others.
  fileprivate func alike(_ name: String) throws -> [Tensor] {
    guard case .list(let items)? = argument(name) else { return try tensors(name) }
    let dtype = items.lazy.compactMap { $0.plainValue == nil ? $0.tensors.first?.dtype : nil }.first
    return try items.map { item in
      if case .tensor(let tensor) = item { return tensor }
      let parts = try item.tensors(of: "\(className), argument \(name)")
      let tensor = item.isList ? parts.isEmpty ? Tensor([Int32]()) : stack(parts) : parts.first ?? Tensor(0)
      return dtype.map { tensor.asType($0) } ?? tensor
    }
  }

  /// The extents of blocks along the axes after the first.
  fileprivate func blocks() throws -> [Int] {
    let (blocks, rank) = (try lengths("block_shape"), try tensor("input").rank)
    guard blocks.allSatisfy({ $0 > 0 }), blocks.count < rank else {
      throw error("block_shape", "must be positive numbers for the axes after the first, found \(blocks)")
    }
    return blocks
  }

  /// A pair of widths for each axis.
  fileprivate func borders(_ name: String) throws -> [(Int, Int)] {
    let pairs = try value(name)?.array?.map { $0.array?.compactMap(\.int) ?? [] } ?? []
    guard !pairs.isEmpty, pairs.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0.magnitude < 1 << 40 } }) else {
      throw error(name, "must be two integers for each axis")
    }
    return pairs.map { ($0[0], $0[1]) }
  }

}

extension Tensor {
  /// For each index the elements along all later axes.
  fileprivate func takingRows(_ indices: Tensor, axis: Int) -> Tensor {
    guard rank > axis + 1 else { return takeAlongAxis(indices, axis: axis) }
    let places = (axis + 1..<rank).reduce(indices.asType(.int32)) { places, _ in places.expandDims(-1) }
    return takeAlongAxis(slice(axis: axis, 0..<1).zerosLike(dtype: .int32) + places, axis: axis)
  }

  /// What `tf.shape` was applied to, where this is its result in a functional model.
  fileprivate var measured: SymbolicTensor? {
    guard case .symbolic(let symbol) = content, let node = symbol.node,
      (node.layer as? OperationLayer)?.operationClass == "tf.shape"
    else { return nil }
    return node.inputs.first
  }

  /// What `tf.shape(…)[0]` was applied to, where this is its result in a functional model.
  fileprivate var counted: SymbolicTensor? {
    guard case .symbolic(let symbol) = content, let node = symbol.node,
      (node.layer as? OperationLayer)?.operationClass == "GetItem",
      case .value(let key)? = node.arguments.positional.last, key.int == 0, let shape = node.inputs.first
    else { return nil }
    return Tensor(.symbolic(shape)).measured
  }
}

extension SymbolicTensor {
  fileprivate func extent(_ axis: Int) -> Int? {
    let place = axis < 0 ? axis + shape.count : axis
    return shape.indices.contains(place) ? shape[place] : nil
  }
}

extension OperationCall {
  /// The shape `[tf.shape(x)[0], …]` that keeps a model's samples apart, with -1 in their place.
  ///
  /// - Returns: `nil` for any other shape.
  fileprivate func shapeKeepingSamples(of x: Tensor) throws -> [Int]? {
    guard case .list(let items)? = argument("shape"), case .tensor(let first)? = items.first,
      let source = first.counted
    else { return nil }
    var rest = items.dropFirst().compactMap { $0.constantValue?.int }
    guard rest.count == items.count - 1 else { return nil }
    if let open = rest.firstIndex(of: -1) {
      guard case .symbolic(let symbol) = x.content, symbol === source else { return nil }
      let known = x.partialShape.dropFirst().compactMap { $0 }
      let (all, others) = (try product(known), -(try product(rest)))
      guard known.count == x.rank - 1, others > 0, all % others == 0 else { return nil }
      rest[open] = all / others
    }
    return [-1] + rest
  }
}

extension Argument {
  fileprivate var isList: Bool { if case .list = self { true } else { false } }

  /// The parts of a subscript. Bounds that are tensors count once they are known.
  fileprivate func places(_ call: OperationCall) throws -> [TensorIndex] {
    let parts: [Argument]
    switch self {
    case .list(let items): parts = items
    case .value(.array(let items)): parts = items.map(Argument.value)
    default: parts = [self]
    }
    return try parts.map { part in
      if case .list(let bounds) = part, bounds.count == 4, bounds[0].plainValue == "__slice__" {
        let values = try bounds.dropFirst().map { bound in
          guard let value = bound.constantValue else { throw call.error("slice_spec", "depends on a tensor") }
          return value.int
        }
        return .slice(start: values[0], stop: values[1], step: values[2])
      }
      guard let value = part.constantValue else {
        throw call.error("slice_spec", "depends on the data, and with it the shape of the result")
      }
      if value.string == "Ellipsis" || value["class_name"] == "__ellipsis__" { return .ellipsis }
      if value.isNull { return .newAxis }
      if let place = value.int { return .at(place) }
      guard value["class_name"] == nil, ["start", "stop", "step"].contains(where: { value[$0] != nil }) else {
        throw call.error("slice_spec", "cannot select by \(value)")
      }
      func bound(_ key: String) throws -> Int? {
        guard let member = value[key], !member.isNull else { return nil }
        guard let bound = member.int else { throw call.error("slice_spec", "cannot select by \(value)") }
        return bound
      }
      return .slice(start: try bound("start"), stop: try bound("stop"), step: try bound("step"))
    }
  }
}
