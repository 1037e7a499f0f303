import CKernels
import Graph

extension Reduction {
  var kind: Int32 {
    switch self {
    case .sum: Int32(CK_REDUCE_SUM.rawValue)
    case .product: Int32(CK_REDUCE_PRODUCT.rawValue)
    case .maximum: Int32(CK_REDUCE_MAXIMUM.rawValue)
    case .minimum: Int32(CK_REDUCE_MINIMUM.rawValue)
    case .all: Int32(CK_REDUCE_ALL.rawValue)
    case .any: Int32(CK_REDUCE_ANY.rawValue)
    }
  }
}

extension Lowering {
  func lowerReduce(_ node: Int, _ reduction: Reduction, _ axes: [Int]) throws {
    let entry = graph.nodes[node]
    let type = values.type(entry.inputs[0])
    guard type.dtype != .float16, type.dtype != .bfloat16 else { return try lowerToInterpreter(node) }
    let from = try location(entry.inputs[0])
    let to = allocate(Value(node: node))
    let dimensions = type.shape.dimensions
    let sorted = axes.sorted()
    if sorted.isEmpty { return copy(from, to: to, byteCount: type.byteCount) }
    let kept = dimensions.indices.filter { !sorted.contains($0) }
    // Adjacent but for axes of extent 1: one block of reduced axes.
    let inside = kept.filter { $0 > sorted[0] && $0 < sorted[sorted.count - 1] && dimensions[$0] != 1 }
    var shape = ck_reduction_shape()
    shape.kind = reduction.kind
    shape.element = type.dtype.element
    shape.reduced = Int64(sorted.map { dimensions[$0] }.reduce(1, *))
    var source = from
    if inside.isEmpty {
      shape.outer = Int64(kept.filter { $0 < sorted[0] }.map { dimensions[$0] }.reduce(1, *))
      shape.inner = Int64(kept.filter { $0 > sorted[0] }.map { dimensions[$0] }.reduce(1, *))
    } else {
      source = builder.temporary(byteCount: type.byteCount)
      try copyView(
        from, StridedView(type.shape).permuted(sorted + kept), to: source, type.dtype, name: "transpose",
        scope: entry.scope)
      shape.outer = 1
      shape.inner = Int64(kept.map { dimensions[$0] }.reduce(1, *))
    }
    emitReduction(shape, from: source, to: to, name: entry.op.name, scope: entry.scope)
  }

  func emitReduction(_ shape: ck_reduction_shape, from: Location, to: Location, name: String, scope: String) {
    let partialBytes = withUnsafePointer(to: shape) { Int(ck_reduce_partials($0)) }
    let partials = builder.temporary(byteCount: partialBytes)
    let (x, y, scratch) = (builder.slot(from), builder.slot(to), builder.slot(partials))
    builder.emit(name, scope: scope, touching: [from, to, partials]) { frame in
      withUnsafePointer(to: shape) { ck_reduce($0, frame[y], frame[x], frame[scratch]) }
    }
  }
}
