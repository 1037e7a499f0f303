/// A node being differentiated: what a rule may use, and which gradients are wanted.
struct GradientContext {
  let builder: GraphBuilder
  let node: Int
  let op: Op
  let inputs: [Expression]
  let outputs: [Expression]
  /// Of the results; `nil` where nothing that matters reads the result.
  let cotangents: [Expression?]
  /// Which operands' gradients are wanted.
  let needed: [Bool]

  var x: Expression { inputs[0] }
  var y: Expression { outputs[0] }

  /// The first result's cotangent.
  var g: Expression { cotangent(0) }

  /// A result's cotangent, zeros where it has none.
  func cotangent(_ output: Int) -> Expression { cotangents[output] ?? zeros(outputs[output].type) }

  func zeros(_ type: TensorType) -> Expression { builder.full(0, type) }

  /// The gradients of all operands, each computed only where it is wanted.
  func each(_ first: @autoclosure () -> Expression) -> [Expression?] {
    [needed[0] ? first() : nil] + inputs.dropFirst().map { _ in nil }
  }

  func each(_ first: @autoclosure () -> Expression, _ second: @autoclosure () -> Expression) -> [Expression?] {
    [needed[0] ? first() : nil, needed[1] ? second() : nil] + inputs.dropFirst(2).map { _ in nil }
  }

  /// No operand has a gradient.
  var none: [Expression?] { inputs.map { _ in nil } }

  /// Records that this operation cannot be differentiated.
  func fail(_ message: String) -> [Expression?] {
    builder.fail(GraphError(op.name, message))
    return none
  }

  /// The gradients of the operation written in others.
  func throughDecomposition() -> [Expression?] {
    let first = builder.nodes.count
    guard let results = op.decompose(inputs) else { return fail("has no gradient") }
    let pairs = zip(results, cotangents).compactMap { result, cotangent in cotangent.map { (result, $0) } }
    let wanted = inputs.indices.filter { needed[$0] }
    let found = builder.pullBack(pairs, to: wanted.map { inputs[$0] }, through: first...)
    var gradients = none
    for (position, gradient) in zip(wanted, found) { gradients[position] = gradient }
    return gradients
  }

  // MARK: The table

  /// The gradients of the operands.
  func inputGradients() -> [Expression?] {
    switch op {
    case .parameter, .constant, .iota, .randomBits, .compare, .bitcast, .argReduce, .stopGradient: none
    case .unary(let op): each(unary(op))
    case .binary(let op): binary(op)
    case .select: select()
    case .convert: each(g.converted(to: x.dtype))
    case .reshape: each(g.reshape(x.shape))
    case .broadcast(_, let axes): each(unbroadcast(axes))
    case .transpose(let permutation): each(g.transpose(inverse(permutation)))
    case .reverse(let axes): each(g.reverse(axes: axes))
    case .slice(let slicing): each(slice(slicing))
    case .pad(let padding): pad(padding)
    case .concatenate(let axis): concatenate(axis)
    case .dynamicSlice: each(zeros(x.type).dynamicUpdateSlice(g, starts: inputs[1]))
    case .dynamicUpdateSlice: dynamicUpdateSlice()
    case .gather(let axis): each(zeros(x.type).scatterAdd(clampedIndices(axis), g, axis: axis))
    case .scatterAdd(let axis): scatterAdd(axis)
    case .gatherAlong(let axis): each(zeros(x.type).scatterAddAlong(clampedIndices(axis), g, axis: axis))
    case .scatterAddAlong(let axis): scatterAddAlong(axis)
    case .reduce(let reduction, let axes): each(reduce(reduction, axes))
    case .cumulative(.sum, let axis, let reverse): each(g.cumulative(.sum, axis: axis, reverse: !reverse))
    case .cumulative: throughDecomposition()
    case .sort(let axis, _): each(zeros(x.type).scatterAddAlong(outputs[1], g, axis: axis))
    case .dot(let dimensions): dot(dimensions)
    case .cholesky: each(cholesky())
    case .triangularSolve(let attributes): triangularSolve(attributes)
    case .factorize(let factorization): factorize(factorization)
    case .convolution(let convolution): self.convolution(convolution)
    case .convolutionInputGradient(let convolution, _): convolutionInputGradient(convolution)
    case .convolutionKernelGradient(let convolution, _): convolutionKernelGradient(convolution)
    case .pool(let pooling): each(pool(pooling))
    case .poolGradient(let pooling, _): poolGradient(pooling)
    case .batchNormalization(let epsilon, let rectified): batchNormalization(epsilon, rectified: rectified)
    case .layerNormalization: layerNormalization()
    case .batchNormalizationGradient, .layerNormalizationGradient, .recurrentGradient: throughDecomposition()
    case .softmax: each(y * (g - (g * y).sum(axes: [-1], keepDimensions: true)))
    case .logSoftmax: each(g - y.exp() * g.sum(axes: [-1], keepDimensions: true))
    case .recurrent(let recurrent): self.recurrent(recurrent)
    case .scan(let scan): self.scan(scan)
    case .whileLoop: fail("has no gradient: its number of steps is not known; use a scan")
    case .conditional(let then, let otherwise): conditional(then, otherwise)
    }
  }
}
