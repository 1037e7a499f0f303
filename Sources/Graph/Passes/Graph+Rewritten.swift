extension Graph {
  /// This graph built anew, node by node; `rule` gives a node's results (given its new operands), or `nil` to keep it.
  /// A result that nothing reads may be a placeholder. Parameters stay.
  func rewritten(_ rule: (Node, [Expression], GraphBuilder) -> [Expression]?) -> Graph {
    let builder = GraphBuilder()
    let arguments = parameterTypes.map(builder.parameter)
    var results: [[Expression]] = []
    results.reserveCapacity(nodes.count)
    for node in nodes {
      if case .parameter(let position, _) = node.op {
        results.append([arguments[position]])
        continue
      }
      let inputs = node.inputs.map { results[$0.node][$0.output] }
      results.append(builder.withScope(node.scope) { rule(node, inputs, builder) ?? builder.add(node.op, inputs) })
    }
    let finished = try? builder.finish(outputs.map { results[$0.node][$0.output] }, updates: updates)
    return finished ?? self
  }
}

extension Expression {
  /// The operation that computes this value.
  var op: Op? { value.map { builder.nodes[$0.node].op } }

  /// The operand of the operation that computes this value.
  func operand(_ position: Int) -> Expression? {
    guard let value, builder.nodes[value.node].inputs.indices.contains(position) else { return nil }
    return Expression(builder: builder, value: builder.nodes[value.node].inputs[position])
  }

  /// All operands of the operation that computes this value.
  var operands: [Expression] {
    guard let value else { return [] }
    return builder.nodes[value.node].inputs.map { Expression(builder: builder, value: $0) }
  }

  /// The literal that this value is.
  var literal: Literal? {
    guard case .constant(let literal)? = op else { return nil }
    return literal
  }

  /// The scalar that this value repeats (or is).
  var repeatedScalar: Expression? {
    if rank == 0 { return self }
    guard case .broadcast? = op, let operand = operand(0), operand.shape.elementCount == 1 else { return nil }
    return operand.rank == 0 ? operand : operand.repeatedScalar
  }

  /// The number that all elements of this constant are.
  var uniformNumber: Double? {
    guard let literal = repeatedScalar?.literal else { return nil }
    return literal.bytes.withUnsafeBytes { DenseTensor(literal.type, bytes: $0).floats.first }
  }
}
