import CKernels
import Graph

/// How elements lie around one axis: `outer` blocks of `extent` positions of `inner` elements.
private struct AxisSplit {
  let outer: Int64
  let extent: Int64
  let inner: Int64

  init(_ shape: Shape, axis: Int) {
    outer = Int64(shape.dimensions[..<axis].reduce(1, *))
    extent = Int64(shape[axis])
    inner = Int64(shape.dimensions[(axis + 1)...].reduce(1, *))
  }
}

extension Lowering {
  /// `inputs`: operand, indices, updates.
  func lowerScatterAdd(_ node: Int, axis: Int) throws {
    let entry = graph.nodes[node]
    let (operand, indices) = (values.type(entry.inputs[0]), values.type(entry.inputs[1]))
    guard operand.dtype == .float32 else { return try lowerToInterpreter(node) }
    let at = try location(entry.inputs[1])
    let updates = try location(entry.inputs[2])
    let to = allocate(Value(node: node), inPlaceOf: [entry.inputs[0]])
    if let value = values.repeatedElement(entry.inputs[0]) {
      let fill = builder.constant(value)
      let (source, target, count) = (builder.slot(fill), builder.slot(to), Int64(operand.shape.elementCount))
      builder.emit("fill", scope: entry.scope, touching: [fill, to]) { frame in
        ck_fill(frame[target], frame[source], 4, count)
      }
    } else {
      copy(try location(entry.inputs[0]), to: to, byteCount: operand.byteCount, scope: entry.scope)
    }
    let dimensions = operand.shape.dimensions
    let outer = Int64(dimensions[..<axis].reduce(1, *))
    let row = Int64(dimensions[(axis + 1)...].reduce(1, *))
    let (extent, count) = (Int64(dimensions[axis]), Int64(indices.shape.elementCount))
    let wide: Int32 = indices.dtype == .int64 ? 1 : 0
    let (places, added, target) = (builder.slot(at), builder.slot(updates), builder.slot(to))
    builder.emit("scatterAdd", scope: entry.scope, touching: [at, updates, to]) { frame in
      ck_scatter_add(frame[target].float, frame[places], wide, frame[added].float, outer, extent, count, row)
    }
  }

  func lowerGather(_ node: Int, _ axis: Int) throws {
    let entry = graph.nodes[node]
    let (operand, indices) = (values.type(entry.inputs[0]), values.type(entry.inputs[1]))
    let (from, at) = (try location(entry.inputs[0]), try location(entry.inputs[1]))
    let to = allocate(Value(node: node))
    let dimensions = operand.shape.dimensions
    let outer = Int64(dimensions[..<axis].reduce(1, *))
    let row = Int64(dimensions[(axis + 1)...].reduce(1, *) * operand.dtype.byteCount)
    let (extent, count) = (Int64(dimensions[axis]), Int64(indices.shape.elementCount))
    let wide: Int32 = indices.dtype == .int64 ? 1 : 0
    let (source, places, target) = (builder.slot(from), builder.slot(at), builder.slot(to))
    builder.emit("gather", scope: entry.scope, touching: [from, at, to]) { frame in
      ck_gather(frame[target], frame[source], frame[places], wide, outer, extent, count, row)
    }
  }

  func lowerGatherAlong(_ node: Int, axis: Int) throws {
    let entry = graph.nodes[node]
    let (operand, indices) = (values.type(entry.inputs[0]), values.type(entry.inputs[1]))
    let (from, at) = (try location(entry.inputs[0]), try location(entry.inputs[1]))
    let to = allocate(Value(node: node))
    let split = AxisSplit(operand.shape, axis: axis)
    let (count, size) = (Int64(indices.shape[axis]), Int32(operand.dtype.byteCount))
    let wide: Int32 = indices.dtype == .int64 ? 1 : 0
    let (source, places, target) = (builder.slot(from), builder.slot(at), builder.slot(to))
    builder.emit("gatherAlong", scope: entry.scope, touching: [from, at, to]) { frame in
      ck_gather_along(
        frame[target], frame[source], frame[places], wide, split.outer, split.extent, count, split.inner, size)
    }
  }

  func lowerScatterAddAlong(_ node: Int, axis: Int) throws {
    let entry = graph.nodes[node]
    let (operand, indices) = (values.type(entry.inputs[0]), values.type(entry.inputs[1]))
    guard operand.dtype == .float32 else { return try lowerToInterpreter(node) }
    let (at, updates) = (try location(entry.inputs[1]), try location(entry.inputs[2]))
    let to = allocate(Value(node: node), inPlaceOf: [entry.inputs[0]])
    copy(try location(entry.inputs[0]), to: to, byteCount: operand.byteCount, scope: entry.scope)
    let split = AxisSplit(operand.shape, axis: axis)
    let count = Int64(indices.shape[axis])
    let wide: Int32 = indices.dtype == .int64 ? 1 : 0
    let (places, added, target) = (builder.slot(at), builder.slot(updates), builder.slot(to))
    builder.emit("scatterAddAlong", scope: entry.scope, touching: [at, updates, to]) { frame in
      ck_scatter_add_along(
        frame[target].float, frame[places], wide, frame[added].float, split.outer, split.extent, count, split.inner)
    }
  }

  func lowerCumulative(_ node: Int, _ reduction: Reduction, axis: Int, reverse: Bool) throws {
    let entry = graph.nodes[node]
    let type = entry.types[0]
    guard type.dtype == .float32 else { return try lowerToInterpreter(node) }
    let (from, to) = (try location(entry.inputs[0]), allocate(Value(node: node)))
    let split = AxisSplit(type.shape, axis: axis)
    let (x, y, kind) = (builder.slot(from), builder.slot(to), reduction.kind)
    builder.emit(entry.op.name, scope: entry.scope, touching: [from, to]) { frame in
      ck_cumulative(kind, frame[y].float, frame[x].float, split.outer, split.extent, split.inner, reverse ? 1 : 0)
    }
  }

  func lowerDynamicSlice(_ node: Int, _ sizes: [Int]) throws {
    let entry = graph.nodes[node]
    let source = values.type(entry.inputs[0])
    guard sizes.count <= Int(CK_MAX_RANK) else { return try lowerToInterpreter(node) }
    let (from, starts) = (try location(entry.inputs[0]), try location(entry.inputs[1]))
    let to = allocate(Value(node: node))
    let copy = ck_strided_copy(source.dtype, sizes, from: source.shape.strides, to: Shape(sizes).strides)
    let limits = zip(source.shape.dimensions, sizes).map(-)
    let (operand, places, target) = (builder.slot(from), builder.slot(starts), builder.slot(to))
    builder.emit("dynamicSlice", scope: entry.scope, touching: [from, starts, to]) { frame in
      withUnsafePointer(to: copy) {
        let offset = $0.pointee.offset(of: frame[places], limits: limits, \.from)
        ck_copy_strided($0, frame[target], frame[operand] + offset)
      }
    }
  }

  func lowerDynamicUpdateSlice(_ node: Int) throws {
    let entry = graph.nodes[node]
    let (whole, part) = (entry.types[0], values.type(entry.inputs[1]))
    guard whole.shape.rank <= Int(CK_MAX_RANK) else { return try lowerToInterpreter(node) }
    let (update, starts) = (try location(entry.inputs[1]), try location(entry.inputs[2]))
    let to = allocate(Value(node: node), inPlaceOf: [entry.inputs[0]])
    copy(try location(entry.inputs[0]), to: to, byteCount: whole.byteCount, scope: entry.scope)
    guard part.shape.elementCount > 0 else { return }
    let copy = ck_strided_copy(
      whole.dtype, part.shape.dimensions, from: part.shape.strides, to: whole.shape.strides)
    let limits = zip(whole.shape.dimensions, part.shape.dimensions).map(-)
    let (source, places, target) = (builder.slot(update), builder.slot(starts), builder.slot(to))
    builder.emit("dynamicUpdateSlice", scope: entry.scope, touching: [update, starts, to]) { frame in
      withUnsafePointer(to: copy) {
        let offset = $0.pointee.offset(of: frame[places], limits: limits, \.to)
        ck_copy_strided($0, frame[target] + offset, frame[source])
      }
    }
  }
}

extension ck_strided_copy {
  typealias Strides = (Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64)

  /// A copy axis by axis; strides in elements.
  init(_ dtype: DType, _ extents: [Int], from: [Int], to: [Int]) {
    self.init()
    size = Int32(dtype.byteCount)
    rank = Int32(extents.count)
    withUnsafeMutableBytes(of: &self.extents) { $0.bindMemory(to: Int64.self).fill(extents) }
    withUnsafeMutableBytes(of: &self.from) { $0.bindMemory(to: Int64.self).fill(from) }
    withUnsafeMutableBytes(of: &self.to) { $0.bindMemory(to: Int64.self).fill(to) }
  }

  /// The byte offset of a box that starts at int32 positions, moved inside `0...limits`.
  fileprivate func offset(of starts: UnsafeMutableRawPointer, limits: [Int], _ strides: KeyPath<Self, Strides>) -> Int {
    withUnsafeBytes(of: self[keyPath: strides]) { bytes in
      let steps = bytes.bindMemory(to: Int64.self)
      var elements = 0
      for axis in limits.indices {
        let start = Int(starts.load(fromByteOffset: axis * 4, as: Int32.self))
        elements += Swift.min(Swift.max(start, 0), limits[axis]) * Int(steps[axis])
      }
      return elements * Int(size)
    }
  }
}
