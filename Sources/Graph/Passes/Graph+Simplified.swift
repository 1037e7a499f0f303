extension Graph {
  /// With algebraic identities applied: each rule looks at one node and those right before it.
  func simplified() -> Graph {
    rewritten { node, inputs, _ in
      guard node.types.count == 1, let first = inputs.first else { return nil }
      let result = Simplification(op: node.op, inputs: inputs, type: node.types[0], x: first).result()
      guard let result, result.type == node.types[0] else { return nil }
      return [result]
    }
  }
}

/// A node that may be replaced by something simpler.
struct Simplification {
  let op: Op
  let inputs: [Expression]
  let type: TensorType
  let x: Expression

  func result() -> Expression? {
    switch op {
    case .unary, .binary, .compare, .select, .convert, .bitcast:
      elementwise() ?? onScalars()
    case .stopGradient: x
    case .dot(let dimensions): dot(dimensions)
    default: movement()
    }
  }

  /// An elementwise operation on repeated scalars: compute one element and repeat that.
  private func onScalars() -> Expression? {
    guard type.shape.rank > 0 else { return nil }
    let scalars = inputs.compactMap(\.repeatedScalar)
    guard scalars.count == inputs.count else { return nil }
    return x.builder.add(op, scalars)[0].broadcast(to: type.shape)
  }
}
