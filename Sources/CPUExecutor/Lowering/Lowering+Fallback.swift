import Graph

extension Lowering {
  /// Lets the interpreter compute a node: slow, and it allocates, but right for every operation.
  func lowerToInterpreter(_ node: Int) throws {
    let entry = graph.nodes[node]
    let inputs = try entry.inputs.map { try location($0) }
    let outputs = entry.types.indices.map { allocate(Value(node: node, output: $0)) }
    let (inputSlots, outputSlots) = (inputs.map { builder.slot($0) }, outputs.map { builder.slot($0) })
    let types = entry.inputs.map { values.type($0) }
    let op = entry.op
    builder.emit("\(op.name) (interpreted)", scope: entry.scope, touching: inputs + outputs) { frame in
      let buffers = zip(types, inputSlots).map { type, slot in
        let buffer = Buffer(type)
        buffer.pointer.copyMemory(from: frame[slot], byteCount: buffer.byteCount)
        return buffer
      }
      for (result, slot) in zip(try Interpreter.evaluate(op, inputs: buffers), outputSlots) {
        frame[slot].copyMemory(from: result.pointer, byteCount: result.byteCount)
      }
    }
  }
}
