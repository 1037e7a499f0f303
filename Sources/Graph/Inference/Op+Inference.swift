extension Op {
  /// The types of the results for operands of these types, or what does not fit.
  public func inferTypes(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    let check = OperandCheck(op: self, inputs: inputs)
    let results = try inferResults(check)
    for type in results where !type.shape.isValid {
      throw check.error("the result's shape \(type.shape) is negative or too large")
    }
    return results
  }

  private func inferResults(_ check: OperandCheck) throws(GraphError) -> [TensorType] {
    switch self {
    case .parameter(_, let type):
      try check.count(0)
      return [type]
    case .constant(let literal):
      try check.count(0)
      return [literal.type]
    case .iota(let type, let axis):
      try check.count(0)
      guard type.shape.dimensions.indices.contains(axis) else { throw check.axisError(axis, type.shape) }
      guard type.dtype != .bool else { throw check.error("cannot count in bool") }
      return [type]
    case .randomBits(let shape):
      try check.count(1)
      guard check.inputs[0] == TensorType(.uint32, [2]) else {
        throw check.error("the key must be uint32[2], found \(check.inputs[0])")
      }
      return [TensorType(.uint32, shape)]
    case .unary, .binary, .compare, .select, .convert, .bitcast, .stopGradient:
      return [try inferElementwise(check)]
    case .reshape, .broadcast, .transpose, .reverse, .slice, .pad, .concatenate, .dynamicSlice, .dynamicUpdateSlice,
      .gather, .scatterAdd, .gatherAlong, .scatterAddAlong:
      return [try inferMovement(check)]
    case .reduce, .argReduce, .cumulative, .sort:
      return try inferReduction(check)
    case .dot, .cholesky, .triangularSolve, .factorize:
      return try inferLinearAlgebra(check)
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient, .pool, .poolGradient:
      return try inferWindow(check)
    case .batchNormalization, .batchNormalizationGradient, .layerNormalization, .layerNormalizationGradient, .softmax,
      .logSoftmax:
      return try inferNormalization(check)
    case .recurrent, .recurrentGradient:
      return try inferRecurrent(check)
    case .scan, .whileLoop, .conditional:
      return try inferControlFlow(check)
    }
  }
}

/// The operands of an operation whose types are being inferred, and the checks that many operations share.
struct OperandCheck {
  let op: Op
  let inputs: [TensorType]

  func error(_ message: String) -> GraphError { GraphError(op.name, message) }

  func axisError(_ axis: Int, _ shape: Shape) -> GraphError {
    error("axis \(axis) does not exist in shape \(shape)")
  }

  func count(_ expected: Int) throws(GraphError) {
    guard inputs.count == expected else { throw error("takes \(expected) operands, found \(inputs.count)") }
  }

  func axis(_ axis: Int, of position: Int = 0) throws(GraphError) {
    let shape = inputs[position].shape
    guard shape.dimensions.indices.contains(axis) else { throw axisError(axis, shape) }
  }

  /// Distinct existing axes.
  func axes(_ axes: [Int], of position: Int = 0) throws(GraphError) {
    for axis in axes { try self.axis(axis, of: position) }
    guard Set(axes).count == axes.count else { throw error("an axis is named twice in \(axes)") }
  }

  func sameType(_ a: Int, _ b: Int) throws(GraphError) {
    guard inputs[a] == inputs[b] else { throw error("operands differ: \(inputs[a]) and \(inputs[b])") }
  }

  func sameDType(_ a: Int, _ b: Int) throws(GraphError) {
    guard inputs[a].dtype == inputs[b].dtype else {
      throw error("element types differ: \(inputs[a]) and \(inputs[b])")
    }
  }

  func floating(_ position: Int = 0) throws(GraphError) {
    guard inputs[position].dtype.isFloatingPoint else {
      throw error("takes floating-point operands, found \(inputs[position])")
    }
  }

  func indices(_ position: Int) throws(GraphError) {
    guard inputs[position].dtype == .int32 || inputs[position].dtype == .int64 else {
      throw error("indices must be int32 or int64, found \(inputs[position])")
    }
  }

  func starts(_ position: Int, rank: Int) throws(GraphError) {
    guard inputs[position] == TensorType(.int32, [rank]) else {
      throw error("starts must be int32[\(rank)], found \(inputs[position])")
    }
  }

  func type(_ position: Int, is expected: TensorType, _ role: String) throws(GraphError) {
    guard inputs[position] == expected else {
      throw error("\(role) must be \(expected), found \(inputs[position])")
    }
  }

  func rank(_ position: Int, atLeast rank: Int) throws(GraphError) {
    guard inputs[position].shape.rank >= rank else {
      throw error("needs at least \(rank) axes, found shape \(inputs[position].shape)")
    }
  }
}
