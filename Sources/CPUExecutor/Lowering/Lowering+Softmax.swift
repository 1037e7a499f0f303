import CKernels
import Graph

extension Lowering {
  func lowerSoftmax(_ node: Int, logarithm: Bool) throws {
    let entry = graph.nodes[node]
    let type = entry.types[0]
    guard type.dtype == .float32 else { return try lowerToInterpreter(node) }
    let from = try location(entry.inputs[0])
    let to = allocate(Value(node: node), inPlaceOf: [entry.inputs[0]])
    let length = Int64(type.shape[-1])
    let rows = Int64(type.shape.elementCount) / max(length, 1)
    let (x, y) = (builder.slot(from), builder.slot(to))
    builder.emit(entry.op.name, scope: entry.scope, touching: [from, to]) { frame in
      ck_softmax(frame[y].float, frame[x].float, rows, length, logarithm ? 1 : 0)
    }
  }

  func lowerArgReduce(_ node: Int, _ reduction: ArgReduction, axis: Int) throws {
    let entry = graph.nodes[node]
    let type = values.type(entry.inputs[0])
    guard type.dtype == .float32 else { return try lowerToInterpreter(node) }
    let (from, to) = (try location(entry.inputs[0]), allocate(Value(node: node)))
    let length = Int64(type.shape[axis])
    let inner = Int64(type.shape.strides[axis])
    let outer = Int64(type.shape.elementCount) / max(length * inner, 1)
    let (x, y) = (builder.slot(from), builder.slot(to))
    builder.emit(entry.op.name, scope: entry.scope, touching: [from, to]) { frame in
      ck_arg_extreme(
        frame[y].assumingMemoryBound(to: Int32.self), frame[x].float, outer, length, inner,
        reduction == .minimum ? 1 : 0)
    }
  }
}
