extension Graph {
  /// With one node for all that compute the same operation on the same operands.
  func sharingCommonSubexpressions() -> Graph {
    var known: [Computation: [Expression]] = [:]
    return rewritten { node, inputs, builder in
      let key = Computation(op: node.op, inputs: inputs.map(\.value))
      if let results = known[key] { return results }
      let results = builder.add(node.op, inputs)
      known[key] = results
      return results
    }
  }
}

/// An operation on operands, hashed without reading what may be large: literals and bodies are only compared.
private struct Computation: Hashable {
  let op: Op
  let inputs: [Value?]

  func hash(into hasher: inout Hasher) {
    hasher.combine(inputs)
    switch op {
    case .constant(let literal):
      hasher.combine(literal.type)
      hasher.combine(ArraySlice(literal.bytes.prefix(64)))
    case .scan, .whileLoop, .conditional: hasher.combine(op.name)
    default: hasher.combine(op)
    }
  }
}
