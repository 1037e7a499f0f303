import Graph

extension Graph {
  /// With an activation's gradient taken before the pooling's instead of after it.
  ///
  /// A rectified linear unit before a maximum pooling lets the gradient through where its output `y` is positive. The
  /// pooling's gradient is zero but at the maxima, where `y` is the pooling's own result `p`; so
  /// `select(y > 0, poolGradient(g), 0)` = `poolGradient(select(p > 0, g, 0))`, on a quarter of the elements, and `y`
  /// need not be kept for it.
  func maskingBeforePoolGradients() -> Graph {
    guard nodes.contains(where: { if case .poolGradient = $0.op { true } else { false } }) else { return self }
    let values = ValueTable(self)
    var useCounts = [Int](repeating: 0, count: values.count)
    for node in nodes { for input in node.inputs { useCounts[values.index(values.root(input))] += 1 } }
    for output in outputs { useCounts[values.index(values.root(output))] += 1 }

    let builder = GraphBuilder()
    var results: [[Expression]] = []
    results.reserveCapacity(nodes.count)
    func expression(_ value: Value) -> Expression { results[value.node][value.output] }
    for (position, node) in nodes.enumerated() {
      if case .parameter(_, let type) = node.op {
        results.append([builder.parameter(type)])
      } else if let match = maskedPoolGradient(position, values, useCounts) {
        let (pooled, gradient) = (expression(match.pooled), expression(match.gradient))
        let masked = builder.withScope(node.scope) {
          pooled.greater(pooled.constant(0)).select(gradient, gradient.constant(0))
        }
        results.append(builder.add(match.op, [expression(match.places), masked]))
      } else {
        results.append(builder.withScope(node.scope) { builder.add(node.op, node.inputs.map(expression)) })
      }
    }
    return (try? builder.finish(outputs.map(expression), updates: updates)) ?? self
  }

  private func maskedPoolGradient(_ position: Int, _ values: ValueTable, _ useCounts: [Int]) -> (
    op: Op, pooled: Value, places: Value, gradient: Value
  )? {
    let select = nodes[position]
    guard case .select = select.op, isZero(select.inputs[2], values) else { return nil }
    let condition = nodes[values.root(select.inputs[0]).node]
    guard case .compare(.greater) = condition.op, isZero(condition.inputs[1], values) else { return nil }
    let spread = values.root(select.inputs[1])
    guard case .poolGradient(let pooling, _) = nodes[spread.node].op, pooling.kind == .maximum,
      useCounts[values.index(spread)] == 1
    else { return nil }
    let places = values.root(nodes[spread.node].inputs[0])
    guard case .pool = nodes[places.node].op, places.output == 1,
      values.root(nodes[places.node].inputs[0]) == values.root(condition.inputs[0])
    else { return nil }
    return (
      nodes[spread.node].op, Value(node: places.node), nodes[spread.node].inputs[0], nodes[spread.node].inputs[1]
    )
  }

  private func isZero(_ value: Value, _ values: ValueTable) -> Bool {
    values.repeatedElement(value)?.allSatisfy { $0 == 0 } ?? false
  }
}
