extension Graph {
  /// The graph that computes `outputs` with `inputs`, any values of this one, as its parameters.
  ///
  /// - Throws: `GraphError` where an output depends on a parameter that is not among the inputs.
  func part(computing outputs: [Value], from inputs: [Value]) throws(GraphError) -> Graph {
    let builder = GraphBuilder()
    var copies: [Value: Expression] = [:]
    var parameters: [Expression] = []
    for input in inputs {
      let parameter = builder.parameter(type(of: input))
      parameters.append(parameter)
      copies[input] = parameter
    }
    var needed = Set<Int>()
    var pending = outputs
    while let value = pending.popLast() {
      guard copies[value] == nil, needed.insert(value.node).inserted else { continue }
      pending += nodes[value.node].inputs
    }
    for index in needed.sorted() {
      let node = nodes[index]
      if case .parameter(let position, _) = node.op {
        throw GraphError("graph", "the part depends on parameter \(position), which is not among its inputs")
      }
      let operands = node.inputs.map { copies[$0] ?? Expression(builder: builder, value: nil) }
      let results = builder.withScope(node.scope) { builder.add(node.op, operands) }
      for (output, result) in results.enumerated() where copies[Value(node: index, output: output)] == nil {
        copies[Value(node: index, output: output)] = result
      }
    }
    return try builder.finish(outputs.map { copies[$0] ?? Expression(builder: builder, value: nil) })
  }
}
