import Graph

extension Graph {
  /// With operations whose kernels compute in f32 given f32 operands: 16-bit floats are widened before and rounded
  /// after. Elementwise neighbours take the conversions into their own pass.
  ///
  /// - Parameter bfloat16: the operations that oneDNN computes in bfloat16.
  func wideningHalfPrecision(_ bfloat16: BFloat16Support) -> Graph {
    func isHalf(_ type: TensorType) -> Bool { type.dtype == .bfloat16 || type.dtype == .float16 }
    guard nodes.contains(where: { node in node.types.contains(where: isHalf) && widens(node, bfloat16) }) else {
      return self
    }
    return rebuilt { _, node, builder, expression in
      guard widens(node, bfloat16) else { return nil }
      let wide = node.inputs.map(expression).map { isHalf($0.type) ? $0.converted(to: .float32) : $0 }
      return zip(builder.add(node.op, wide), node.types).map { isHalf($1) ? $0.converted(to: $1.dtype) : $0 }
    }
  }

  private func widens(_ node: Node, _ bfloat16: BFloat16Support) -> Bool {
    guard let operand = node.inputs.last.map(type(of:))?.dtype else { return false }
    switch node.op {
    case .softmax, .logSoftmax, .batchNormalization, .batchNormalizationGradient, .layerNormalization,
      .layerNormalizationGradient, .reduce, .argReduce, .cumulative, .pool, .poolGradient, .recurrentGradient:
      return operand == .bfloat16 || operand == .float16
    case .recurrent, .scatterAdd, .scatterAddAlong:
      let first = type(of: node.inputs[0]).dtype
      return first == .bfloat16 || first == .float16
    case .dot: return operand == .float16 || (operand == .bfloat16 && !bfloat16.products)
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient:
      return operand == .float16 || (operand == .bfloat16 && !bfloat16.convolutions)
    default: return false
    }
  }
}
