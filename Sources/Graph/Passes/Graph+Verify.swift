extension Graph {
  /// Checks what every pass and every executor relies on: each node reads earlier values, has the types that inference
  /// gives, parameters are in their places, outputs exist, updates have their parameters' types; bodies likewise.
  ///
  /// - Throws: `GraphError` saying which node is wrong.
  public func verify() throws(GraphError) {
    for (index, node) in nodes.enumerated() {
      for input in node.inputs where !(0..<index).contains(input.node) || !exists(input) {
        throw GraphError(node.op.name, "node \(index) reads \(input), which does not precede it", scope: node.scope)
      }
      let types = try node.op.inferTypes(node.inputs.map(type(of:)))
      guard types == node.types else {
        throw GraphError(node.op.name, "node \(index) has the types \(node.types) for \(types)", scope: node.scope)
      }
      if case .parameter(let position, _) = node.op {
        guard parameters.indices.contains(position), parameters[position] == Value(node: index) else {
          throw GraphError(node.op.name, "node \(index) is not the parameter \(position)", scope: node.scope)
        }
      }
      for body in node.op.bodies { try body.verify() }
    }
    for (position, value) in parameters.enumerated() {
      guard exists(value), case .parameter(position, _) = nodes[value.node].op else {
        throw GraphError("graph", "parameter \(position) is not at its place")
      }
    }
    for value in outputs where !exists(value) { throw GraphError("graph", "the output \(value) does not exist") }
    for (output, parameter) in updates {
      guard outputs.indices.contains(output), parameters.indices.contains(parameter),
        type(of: outputs[output]) == type(of: parameters[parameter])
      else { throw GraphError("graph", "output \(output) cannot replace parameter \(parameter)") }
    }
  }

  private func exists(_ value: Value) -> Bool {
    nodes.indices.contains(value.node) && nodes[value.node].types.indices.contains(value.output)
  }
}

extension Op {
  /// The graphs that control flow runs.
  public var bodies: [Graph] {
    switch self {
    case .scan(let scan): [scan.body]
    case .whileLoop(let loop): [loop.condition, loop.body]
    case .conditional(let then, let otherwise): [then, otherwise]
    default: []
    }
  }
}
