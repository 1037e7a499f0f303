import Graph

extension Graph {
  /// With rectified linear units taken into the batch normalisations before them, in both directions: the gradient
  /// finds again from the normalisation's input what the unit let through, so that neither the masked gradient nor the
  /// normalised values go through memory.
  func rectifyingNormalizations() -> Graph {
    let values = ValueTable(self)
    let readers = values.readers
    // The units by their normalisations.
    var units: [Int: Int] = [:]
    for (position, node) in nodes.enumerated() {
      guard case .unary(.relu) = node.op else { continue }
      let source = values.root(node.inputs[0])
      guard case .batchNormalization(_, false) = nodes[source.node].op, source.output == 0,
        readers[values.index(source)].count == 1, type(of: node.inputs[0]) == type(of: source)
      else { continue }
      units[source.node] = position
    }
    guard !units.isEmpty else { return self }
    let normalizations = Dictionary(uniqueKeysWithValues: units.map { ($1, $0) })
    return rebuilt { position, node, builder, expression in
      switch node.op {
      case .batchNormalization(let epsilon, false) where units[position] != nil:
        return builder.add(.batchNormalization(epsilon: epsilon, rectified: true), node.inputs.map(expression))
      case .unary(.relu):
        return normalizations[position].map { [expression(Value(node: $0))] }
      case .batchNormalizationGradient(let epsilon, false):
        guard let match = rectifiedGradient(node, values, readers, normalizations) else { return nil }
        let operands = node.inputs.dropLast() + [match.gradient, nodes[match.normalization].inputs[2]]
        return builder.add(
          .batchNormalizationGradient(epsilon: epsilon, rectified: true), operands.map(expression))
      default: return nil
      }
    }
  }

  /// For the gradient of a normalisation whose result goes through a unit: that normalisation, and the gradient of
  /// the unit's result.
  private func rectifiedGradient(
    _ node: Node, _ values: ValueTable, _ readers: [[Int?]], _ normalizations: [Int: Int]
  ) -> (normalization: Int, gradient: Value)? {
    let masked = values.root(node.inputs[4])
    guard readers[values.index(masked)].count == 1, let mask = values.rectifierMask(masked.node),
      let normalization = normalizations[values.root(mask.unit).node],
      zip(nodes[normalization].inputs.prefix(2), node.inputs).allSatisfy({ values.root($0) == values.root($1) }),
      values.root(node.inputs[2]) == Value(node: normalization, output: 1),
      type(of: mask.gradient) == type(of: node.inputs[4])
    else { return nil }
    return (normalization, mask.gradient)
  }
}
