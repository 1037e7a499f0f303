extension Graph {
  /// Without nodes that no output needs, and without the stacked outputs of loops that nothing reads.
  func removingDeadCode() -> Graph {
    var needed = Set<Value>()
    var visited = Set<Int>()
    var pending = outputs
    while let value = pending.popLast() {
      needed.insert(value)
      guard visited.insert(value.node).inserted else { continue }
      pending += nodes[value.node].inputs
    }
    // The rule sees every node but the parameters, in their order.
    var rest = nodes.indices.filter { !nodes[$0].op.isParameter }[...]
    return rewritten { node, inputs, builder in
      guard let position = rest.popFirst() else { return nil }
      guard visited.contains(position) else {
        return node.types.map { _ in Expression(builder: builder, value: nil) }
      }
      guard case .scan(let scan) = node.op else { return nil }
      return scan.adding(to: builder, inputs) { needed.contains(Value(node: position, output: $0)) }
    }
  }
}

extension Op {
  fileprivate var isParameter: Bool {
    if case .parameter = self { true } else { false }
  }
}

extension Scan {
  /// Adds this loop without the outputs that are not read, nor the operands that its body then does not use.
  fileprivate func adding(to builder: GraphBuilder, _ inputs: [Expression], isRead: (Int) -> Bool) -> [Expression]? {
    let outputs = (carryCount..<body.outputs.count).filter(isRead)
    let kept = Array(0..<carryCount) + outputs
    let used = body.removingOutputs(except: kept).usedParameters
    let operands = inputs.indices.filter { $0 < carryCount || used.contains($0) }
    guard kept.count < body.outputs.count || operands.count < inputs.count,
      let part = try? body.part(computing: kept.map { body.outputs[$0] }, from: operands.map { body.parameters[$0] })
    else { return nil }
    var smaller = self
    smaller.body = part
    smaller.sequenceCount = operands.filter { (carryCount..<(carryCount + sequenceCount)).contains($0) }.count
    let results = builder.add(.scan(smaller), operands.map { inputs[$0] })
    var all = [Expression](repeating: Expression(builder: builder, value: nil), count: body.outputs.count)
    for (result, position) in zip(results, kept) { all[position] = result }
    return all
  }
}

extension Graph {
  fileprivate func removingOutputs(except kept: [Int]) -> Graph {
    var copy = self
    copy.outputs = kept.map { outputs[$0] }
    return copy
  }

  /// The positions of the parameters that an output depends on.
  fileprivate var usedParameters: Set<Int> {
    var positions = Set<Int>()
    var visited = Set<Int>()
    var pending = outputs.map(\.node)
    while let index = pending.popLast() {
      guard visited.insert(index).inserted else { continue }
      if case .parameter(let position, _) = nodes[index].op { positions.insert(position) }
      pending += nodes[index].inputs.map(\.node)
    }
    return positions
  }
}
