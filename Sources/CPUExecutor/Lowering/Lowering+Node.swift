import Graph

extension Lowering {
  /// Lowers a node that is not part of an elementwise group.
  func lower(_ node: Int, absorbed: [Int]) throws {
    if let (source, byteOffset) = values.contiguousSlice(node) {
      var location = try location(source)
      location.byteOffset += byteOffset
      assign(Value(node: node), location)
      return
    }
    guard graph.nodes[node].types.contains(where: { $0.shape.elementCount > 0 }) else {
      for output in graph.nodes[node].types.indices { _ = allocate(Value(node: node, output: output)) }
      return
    }
    switch graph.nodes[node].op {
    case .dot(let dimensions): try lowerDot(node, dimensions, absorbed: absorbed)
    case .reduce(let reduction, let axes): try lowerReduce(node, reduction, axes)
    case .transpose(let permutation): try lowerTranspose(node, permutation)
    case .gather(let axis): try lowerGather(node, axis)
    case .slice(let slicing): try lowerSlice(node, slicing)
    case .reverse(let axes): try lowerReverse(node, axes)
    case .concatenate(let axis): try lowerConcatenate(node, axis: axis)
    case .pad(let padding): try lowerPad(node, padding)
    case .scatterAdd(let axis): try lowerScatterAdd(node, axis: axis)
    case .gatherAlong(let axis): try lowerGatherAlong(node, axis: axis)
    case .scatterAddAlong(let axis): try lowerScatterAddAlong(node, axis: axis)
    case .cumulative(let reduction, let axis, let reverse):
      try lowerCumulative(node, reduction, axis: axis, reverse: reverse)
    case .dynamicSlice(let sizes): try lowerDynamicSlice(node, sizes)
    case .dynamicUpdateSlice: try lowerDynamicUpdateSlice(node)
    case .argReduce(let reduction, let axis): try lowerArgReduce(node, reduction, axis: axis)
    case .convolution(let convolution): try lowerConvolution(node, convolution, absorbed: absorbed)
    case .convolutionInputGradient(let convolution, let input):
      try lowerConvolutionInputGradient(node, convolution, input: input)
    case .convolutionKernelGradient(let convolution, let kernel):
      try lowerConvolutionKernelGradient(node, convolution, kernel: kernel, absorbed: absorbed)
    case .pool(let pooling): try lowerPool(node, pooling)
    case .poolGradient(let pooling, let input): try lowerPoolGradient(node, pooling, input: input)
    case .softmax: try lowerSoftmax(node, logarithm: false)
    case .logSoftmax: try lowerSoftmax(node, logarithm: true)
    case .batchNormalization(let epsilon, let rectified):
      try lowerBatchNormalization(node, epsilon, rectified: rectified)
    case .batchNormalizationGradient(let epsilon, let rectified):
      try lowerBatchNormalizationGradient(node, epsilon, rectified: rectified)
    case .layerNormalization(let epsilon): try lowerLayerNormalization(node, epsilon)
    case .layerNormalizationGradient: try lowerLayerNormalizationGradient(node)
    case .recurrent(let recurrent): try lowerRecurrent(node, recurrent)
    case .recurrentGradient(let recurrent): try lowerRecurrentGradient(node, recurrent)
    case .scan(let scan): try lowerScan(node, scan)
    case .whileLoop(let loop): try lowerWhile(node, loop)
    case .conditional(let then, let otherwise): try lowerConditional(node, then, otherwise)
    default: try lowerToInterpreter(node)
    }
  }
}
