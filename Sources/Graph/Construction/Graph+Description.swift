extension Graph: CustomStringConvertible {
  /// One line a node: its number, operation, operands, types and scope; bodies are indented.
  public var description: String { lines(indentation: "").joined(separator: "\n") }

  private func lines(indentation: String) -> [String] {
    var lines: [String] = []
    for (index, node) in nodes.enumerated() {
      let operands = node.inputs.map(name).joined(separator: ", ")
      let types = node.types.map(\.description).joined(separator: ", ")
      let scope = node.scope.isEmpty ? "" : "  // \(node.scope)"
      lines.append("\(indentation)%\(index) = \(node.op.name)\(node.op.attributes)(\(operands)) : \(types)\(scope)")
      for body in node.op.bodies { lines += body.lines(indentation: indentation + "    ") }
    }
    let results = outputs.enumerated().map { position, value in
      updates[position].map { "\(name(value)) → parameter \($0)" } ?? name(value)
    }
    return lines + ["\(indentation)return " + results.joined(separator: ", ")]
  }

  private func name(_ value: Value) -> String {
    nodes[value.node].types.count == 1 ? "%\(value.node)" : "%\(value.node).\(value.output)"
  }
}

extension Op {
  /// What is fixed, and neither in the name nor in the types.
  fileprivate var attributes: String {
    switch self {
    case .parameter(let position, _): "[\(position)]"
    case .constant(let literal):
      literal.type.shape.elementCount == 1
        ? literal.bytes.withUnsafeBytes { "[\(DenseTensor(literal.type, bytes: $0).floats[0])]" } : ""
    case .iota(_, let axis), .concatenate(let axis), .gather(let axis), .scatterAdd(let axis),
      .gatherAlong(let axis), .scatterAddAlong(let axis), .argReduce(_, let axis):
      "[axis \(axis)]"
    case .broadcast(_, let axes), .transpose(let axes), .reverse(let axes), .reduce(_, let axes): "\(axes)"
    case .slice(let s): "[\(s.starts) to \(s.limits) by \(s.strides)]"
    case .pad(let p): "[\(p.low), \(p.high), \(p.interior)]"
    case .cumulative(_, let axis, let reverse): "[axis \(axis)\(reverse ? ", reverse" : "")]"
    case .sort(let axis, let descending): "[axis \(axis)\(descending ? ", descending" : "")]"
    case .dot(let d): "[\(d.leftBatch), \(d.rightBatch); \(d.leftContracting), \(d.rightContracting)]"
    case .convolution(let c), .convolutionInputGradient(let c, _), .convolutionKernelGradient(let c, _):
      "[strides \(c.strides), padding \(c.paddingLow) \(c.paddingHigh), dilations \(c.dilations), groups \(c.groups)]"
    case .pool(let p), .poolGradient(let p, _):
      "[window \(p.window), strides \(p.strides), padding \(p.paddingLow) \(p.paddingHigh)]"
    case .batchNormalization(let epsilon, let rectified), .batchNormalizationGradient(let epsilon, let rectified):
      "[ε \(epsilon)\(rectified ? ", rectified" : "")]"
    case .layerNormalization(let epsilon): "[ε \(epsilon)]"
    case .scan(let s): "[\(s.length) steps, \(s.carryCount) carries\(s.reversed ? ", reversed" : "")]"
    default: ""
    }
  }
}
