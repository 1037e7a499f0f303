extension Op {
  func inferControlFlow(_ check: OperandCheck) throws(GraphError) -> [TensorType] {
    switch self {
    case .scan(let scan): return try infer(scan, check)
    case .whileLoop(let loop):
      try arguments(of: loop.condition, are: check.inputs, check)
      try arguments(of: loop.body, are: check.inputs, check)
      guard loop.condition.outputTypes == [TensorType(.bool, .scalar)] else {
        throw check.error("the condition must give one bool scalar, found \(loop.condition.outputTypes)")
      }
      let state = Array(check.inputs.prefix(Swift.max(loop.stateCount, 0)))
      guard loop.body.outputTypes == state else {
        throw check.error("the body must give the state's types \(state), found \(loop.body.outputTypes)")
      }
      return state
    default:
      guard case .conditional(let then, let otherwise) = self else { throw check.error("is not control flow") }
      guard check.inputs.first == TensorType(.bool, .scalar) else {
        throw check.error("the predicate must be a bool scalar")
      }
      let operands = Array(check.inputs.dropFirst())
      try arguments(of: then, are: operands, check)
      try arguments(of: otherwise, are: operands, check)
      guard then.outputTypes == otherwise.outputTypes else {
        throw check.error("the branches give different types: \(then.outputTypes) and \(otherwise.outputTypes)")
      }
      return then.outputTypes
    }
  }

  private func arguments(of graph: Graph, are types: [TensorType], _ check: OperandCheck) throws(GraphError) {
    guard graph.parameterTypes == types else {
      throw check.error("the body takes \(graph.parameterTypes), found \(types)")
    }
  }

  private func infer(_ scan: Scan, _ check: OperandCheck) throws(GraphError) -> [TensorType] {
    let inputs = check.inputs
    guard scan.carryCount >= 0, scan.sequenceCount >= 0, scan.length >= 0,
      inputs.count >= scan.carryCount + scan.sequenceCount
    else { throw check.error("takes at least \(scan.carryCount) + \(scan.sequenceCount) operands") }
    var body = inputs
    for position in scan.carryCount..<(scan.carryCount + scan.sequenceCount) {
      guard inputs[position].shape.rank > 0, inputs[position].shape[0] == scan.length else {
        throw check.error("a sequence must have \(scan.length) slices, found \(inputs[position])")
      }
      body[position].shape.dimensions.removeFirst()
    }
    try arguments(of: scan.body, are: body, check)
    let results = scan.body.outputTypes
    let carries = Array(inputs.prefix(scan.carryCount))
    guard results.count >= scan.carryCount, Array(results.prefix(scan.carryCount)) == carries else {
      throw check.error("the body must give the carries' types \(carries) first, found \(results)")
    }
    return carries
      + results.dropFirst(scan.carryCount).map { TensorType($0.dtype, Shape([scan.length] + $0.shape.dimensions)) }
  }
}
