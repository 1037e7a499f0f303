import Graph

extension Graph {
  /// With operations whose kernels compute in f32 given f32 operands: 16-bit floats are widened before and rounded
  /// after. Elementwise neighbours take the conversions into their own pass.
  func wideningHalfPrecision() -> Graph {
    func isHalf(_ type: TensorType) -> Bool { type.dtype == .bfloat16 || type.dtype == .float16 }
    guard nodes.contains(where: { node in node.types.contains(where: isHalf) && widens(node) }) else { return self }
    let builder = GraphBuilder()
    var results: [[Expression]] = []
    results.reserveCapacity(nodes.count)
    for node in nodes {
      if case .parameter(_, let type) = node.op {
        results.append([builder.parameter(type)])
        continue
      }
      let inputs = node.inputs.map { results[$0.node][$0.output] }
      let computed = builder.withScope(node.scope) { () -> [Expression] in
        guard widens(node) else { return builder.add(node.op, inputs) }
        let wide = inputs.map { isHalf($0.type) ? $0.converted(to: .float32) : $0 }
        return zip(builder.add(node.op, wide), node.types).map { isHalf($1) ? $0.converted(to: $1.dtype) : $0 }
      }
      results.append(computed)
    }
    return (try? builder.finish(outputs.map { results[$0.node][$0.output] }, updates: updates)) ?? self
  }

  private func widens(_ node: Node) -> Bool {
    guard let operand = node.inputs.last.map(type(of:))?.dtype else { return false }
    switch node.op {
    case .softmax, .logSoftmax, .batchNormalization, .batchNormalizationGradient, .layerNormalization,
      .layerNormalizationGradient, .reduce, .argReduce, .cumulative, .pool, .poolGradient, .recurrentGradient:
      return operand == .bfloat16 || operand == .float16
    case .recurrent, .scatterAdd, .scatterAddAlong:
      let first = type(of: node.inputs[0]).dtype
      return first == .bfloat16 || first == .float16
    // oneDNN multiplies bfloat16 itself.
    case .dot, .convolution, .convolutionInputGradient, .convolutionKernelGradient: return operand == .float16
    default: return false
    }
  }
}
