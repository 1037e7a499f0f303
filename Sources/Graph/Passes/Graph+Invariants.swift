extension Graph {
  /// With what is the same at every step of a scan computed once, before it.
  func hoistingInvariants() -> Graph {
    rewritten { node, inputs, builder in
      guard case .scan(let scan) = node.op else { return nil }
      return scan.addingHoisted(to: builder, inputs)
    }
  }
}

extension Scan {
  fileprivate func addingHoisted(to builder: GraphBuilder, _ inputs: [Expression]) -> [Expression]? {
    let first = carryCount + sequenceCount
    guard length > 1, inputs.count > first else { return nil }
    // Which nodes depend on a constant, and on nothing that changes.
    var isInvariant: [Bool] = []
    var varies: [Bool] = []
    for node in body.nodes {
      if case .parameter(let position, _) = node.op {
        isInvariant.append(position >= first)
        varies.append(position < first)
      } else {
        varies.append(node.inputs.contains { varies[$0.node] })
        isInvariant.append(!node.inputs.contains { varies[$0.node] } && node.inputs.contains { isInvariant[$0.node] })
      }
    }
    let boundary = Set(
      body.nodes.indices.filter { varies[$0] }.flatMap { body.nodes[$0].inputs } + body.outputs
    ).filter { isInvariant[$0.node] && body.nodes[$0.node].op.isWorthHoisting }
    let values = boundary.sorted { ($0.node, $0.output) < ($1.node, $1.output) }
    guard !values.isEmpty,
      let outside = try? body.part(computing: values, from: Array(body.parameters.dropFirst(first))),
      let inside = try? body.part(computing: body.outputs, from: body.parameters + values)
    else { return nil }
    var hoisted = self
    hoisted.body = inside
    return builder.add(.scan(hoisted), inputs + builder.inline(outside, Array(inputs.dropFirst(first))))
  }
}

extension Op {
  /// What only repeats or renames is better done where it is read.
  fileprivate var isWorthHoisting: Bool {
    switch self {
    case .parameter, .broadcast, .reshape: false
    default: true
    }
  }
}
