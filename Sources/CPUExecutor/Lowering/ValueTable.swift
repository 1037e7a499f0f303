import Graph

/// Every value of a graph, with what the lowering asks about it.
///
/// Values that are only another view of the same elements in the same order (reshapes, bitcasts…) have a *root*: the
/// value that really holds the elements.
struct ValueTable {
  let graph: Graph
  private let firstIndex: [Int]
  private(set) var roots: [Value] = []

  init(_ graph: Graph) {
    self.graph = graph
    var (next, first) = (0, [Int]())
    first.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      first.append(next)
      next += node.types.count
    }
    firstIndex = first
    roots.reserveCapacity(next)
    for (position, node) in graph.nodes.enumerated() {
      if let source = Self.aliased(node, in: graph) {
        roots.append(roots[index(source)])
      } else {
        for output in node.types.indices { roots.append(Value(node: position, output: output)) }
      }
    }
  }

  var count: Int { roots.count }

  func index(_ value: Value) -> Int { firstIndex[value.node] + value.output }
  func root(_ value: Value) -> Value { roots[index(value)] }
  func type(_ value: Value) -> TensorType { graph.type(of: value) }

  /// The operand whose elements, in the same order, are the node's result.
  private static func aliased(_ node: Node, in graph: Graph) -> Value? {
    guard let input = node.inputs.first else { return nil }
    let (from, to) = (graph.type(of: input), node.types[0])
    switch node.op {
    case .reshape, .stopGradient: return input
    case .bitcast: return to.dtype.byteCount >= 4 ? input : nil
    case .convert: return from.dtype == to.dtype ? input : nil
    case .broadcast: return from.shape.elementCount == to.shape.elementCount ? input : nil
    case .slice: return from.shape == to.shape ? input : nil
    case .transpose(let permutation):
      let moved = permutation.filter { from.shape[$0] != 1 }
      return moved == moved.sorted() ? input : nil
    default: return nil
    }
  }
}

extension ValueTable {
  /// A node that an elementwise consumer computes while loading.
  enum Load {
    case counter
    /// Reads its operand from some byte on, with strides: a broadcast or a slice.
    case view(Value, StridedView, byteOffset: Int)
  }

  func load(of node: Int) -> Load? {
    let entry = graph.nodes[node]
    switch entry.op {
    case .iota: return .counter
    case .broadcast(let shape, let axes):
      let view = StridedView(broadcast: graph.type(of: entry.inputs[0]).shape, to: shape, axes: axes).collapsed
      return view.extents.count <= 8 ? .view(entry.inputs[0], view, byteOffset: 0) : nil
    case .slice(let slicing):
      guard contiguousSlice(node) == nil, entry.types[0].shape.elementCount > 0 else { return nil }
      let view = StridedView(slicing, of: graph.type(of: entry.inputs[0]).shape).collapsed
      return view.extents.count <= 8 ? .view(entry.inputs[0], view, byteOffset: sliceOffset(node, slicing)) : nil
    default: return nil
    }
  }

  /// For a node whose result is a contiguous part of its operand: the operand, and where the part starts.
  func contiguousSlice(_ node: Int) -> (source: Value, byteOffset: Int)? {
    guard case .slice(let slicing) = graph.nodes[node].op else { return nil }
    let source = graph.nodes[node].inputs[0]
    let shape = type(source).shape
    let kept = slicing.starts.indices.map { slicing.limits[$0] - slicing.starts[$0] }
    // Before the first axis with several positions only one is kept; after it everything.
    if let cut = kept.indices.first(where: { kept[$0] != 1 }) {
      guard slicing.strides[cut] == 1,
        kept.indices.dropFirst(cut + 1).allSatisfy({ kept[$0] == shape[$0] && slicing.strides[$0] == 1 })
      else { return nil }
    }
    return (source, sliceOffset(node, slicing))
  }

  /// The value in whose memory a root lies: its own, or that of which it is a contiguous part.
  func holder(of root: Value) -> Value {
    var holder = root
    while let (source, _) = contiguousSlice(holder.node) { holder = self.root(source) }
    return holder
  }

  /// Where a slice's first element lies in its operand.
  func sliceOffset(_ node: Int, _ slicing: Slicing) -> Int {
    let type = type(graph.nodes[node].inputs[0])
    return zip(slicing.starts, type.shape.strides).map(*).reduce(0, +) * type.dtype.byteCount
  }
}

extension ValueTable {
  /// The bytes of the one constant element that a value repeats everywhere.
  func repeatedElement(_ value: Value) -> [UInt8]? {
    var node = graph.nodes[root(value).node]
    if case .broadcast = node.op { node = graph.nodes[root(node.inputs[0]).node] }
    guard case .constant(let literal) = node.op, literal.type.shape.elementCount == 1 else { return nil }
    return literal.bytes
  }

  /// Whether the node can be an instruction of a tile program.
  func isElementwise(_ node: Int) -> Bool {
    switch graph.nodes[node].op {
    case .binary(.nextAfter): graph.nodes[node].types[0].dtype.isLane
    case .unary, .binary, .compare, .select, .convert: true
    // A group as small as the key itself could hold the key's own computation.
    case .randomBits(let shape): shape.elementCount > 2
    default: false
    }
  }
}
