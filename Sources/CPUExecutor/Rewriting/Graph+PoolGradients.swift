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
    let readers = values.readers
    return rebuilt { position, node, builder, expression in
      guard let match = maskedPoolGradient(position, values, readers) else { return nil }
      let (pooled, gradient) = (expression(match.pooled), expression(match.gradient))
      let masked = pooled.greater(pooled.constant(0)).select(gradient, gradient.constant(0))
      return builder.add(match.op, [expression(match.places), masked])
    }
  }

  /// With maximum pooling before a rectified linear unit instead of after it: the same values from a quarter of the
  /// work. The positions may differ where the maximum is not above zero; there the gradient is masked.
  func poolingBeforeRectifiers() -> Graph {
    let values = ValueTable(self)
    let readers = values.readers
    let pools = Set(nodes.indices.filter { canPoolBeforeRectifier($0, values, readers) })
    guard !pools.isEmpty else { return self }
    return rebuilt { position, node, builder, expression in
      guard pools.contains(position) else { return nil }
      let unit = nodes[values.root(node.inputs[0]).node]
      let results = builder.add(node.op, [expression(unit.inputs[0])])
      return [results[0].relu(), results[1]]
    }
  }

  private func canPoolBeforeRectifier(_ position: Int, _ values: ValueTable, _ readers: [[Int?]]) -> Bool {
    guard case .pool(let pooling) = nodes[position].op, pooling.kind == .maximum,
      // No window of padding alone.
      zip(pooling.paddingLow, pooling.window).allSatisfy(<), zip(pooling.paddingHigh, pooling.window).allSatisfy(<)
    else { return false }
    let unit = values.root(nodes[position].inputs[0])
    guard case .unary(.relu) = nodes[unit.node].op, readers[values.index(unit)].count == 1,
      type(of: unit) == type(of: nodes[position].inputs[0])
    else { return false }
    // A gradient that is not masked would go to another place.
    return readers[values.index(Value(node: position, output: 1))].allSatisfy { reader in
      guard let reader, case .poolGradient = nodes[reader].op,
        let mask = values.rectifierMask(values.root(nodes[reader].inputs[1]).node)
      else { return false }
      return values.root(mask.unit) == Value(node: position)
    }
  }

  private func maskedPoolGradient(_ position: Int, _ values: ValueTable, _ readers: [[Int?]]) -> (
    op: Op, pooled: Value, places: Value, gradient: Value
  )? {
    guard let mask = values.rectifierMask(position) else { return nil }
    let spread = values.root(mask.gradient)
    guard case .poolGradient(let pooling, _) = nodes[spread.node].op, pooling.kind == .maximum,
      readers[values.index(spread)].count == 1
    else { return nil }
    let places = values.root(nodes[spread.node].inputs[0])
    guard case .pool = nodes[places.node].op, places.output == 1,
      values.root(nodes[places.node].inputs[0]) == values.root(mask.unit)
    else { return nil }
    return (
      nodes[spread.node].op, Value(node: places.node), nodes[spread.node].inputs[0], nodes[spread.node].inputs[1]
    )
  }
}
