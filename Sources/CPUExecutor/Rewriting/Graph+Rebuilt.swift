import Graph

extension Graph {
  /// This graph built anew; `rule` gives the results of a node at some position, with a function from old values to
  /// new ones, or `nil` to keep it.
  func rebuilt(_ rule: (Int, Node, GraphBuilder, (Value) -> Expression) -> [Expression]?) -> Graph {
    let builder = GraphBuilder()
    var results: [[Expression]] = []
    results.reserveCapacity(nodes.count)
    func expression(_ value: Value) -> Expression { results[value.node][value.output] }
    for (position, node) in nodes.enumerated() {
      if case .parameter(_, let type) = node.op {
        results.append([builder.parameter(type)])
      } else {
        let computed = builder.withScope(node.scope) {
          rule(position, node, builder, expression) ?? builder.add(node.op, node.inputs.map(expression))
        }
        results.append(computed)
      }
    }
    return (try? builder.finish(outputs.map(expression), updates: updates)) ?? self
  }
}

extension ValueTable {
  /// The nodes that read each root on the way to an output, once for each operand; `nil` stands for an output.
  var readers: [[Int?]] {
    var readers = [[Int?]](repeating: [], count: count)
    var isLive = [Bool](repeating: false, count: graph.nodes.count)
    func read(_ value: Value, _ reader: Int?) {
      readers[index(root(value))].append(reader)
      isLive[value.node] = true
    }
    for output in graph.outputs { read(output, nil) }
    for node in graph.nodes.indices.reversed() where isLive[node] {
      for input in graph.nodes[node].inputs { read(input, node) }
    }
    return readers
  }

  /// For `select(unit > 0, gradient, 0)`, the gradient of a rectified linear unit: its two operands.
  func rectifierMask(_ node: Int) -> (unit: Value, gradient: Value)? {
    guard case .select = graph.nodes[node].op, isZero(graph.nodes[node].inputs[2]) else { return nil }
    let condition = graph.nodes[root(graph.nodes[node].inputs[0]).node]
    guard case .compare(.greater) = condition.op, isZero(condition.inputs[1]) else { return nil }
    return (condition.inputs[0], graph.nodes[node].inputs[1])
  }

  private func isZero(_ value: Value) -> Bool { repeatedElement(value)?.allSatisfy { $0 == 0 } ?? false }
}
