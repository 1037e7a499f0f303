extension Op {
  func inferReduction(_ check: OperandCheck) throws(GraphError) -> [TensorType] {
    try check.count(1)
    let operand = check.inputs[0]
    func combinable(_ reduction: Reduction) throws(GraphError) {
      switch reduction {
      case .all, .any:
        guard operand.dtype == .bool else { throw check.error("takes bool, found \(operand)") }
      default:
        guard operand.dtype != .bool else { throw check.error("takes numbers, found \(operand)") }
      }
    }
    switch self {
    case .reduce(let reduction, let axes):
      try check.axes(axes)
      try combinable(reduction)
      return [TensorType(operand.dtype, operand.shape.removing(axes: axes))]
    case .argReduce(_, let axis):
      try check.axis(axis)
      guard operand.shape[axis] > 0 else { throw check.error("axis \(axis) of shape \(operand.shape) is empty") }
      return [TensorType(.int32, operand.shape.removing(axes: [axis]))]
    case .cumulative(let reduction, let axis, _):
      try check.axis(axis)
      try combinable(reduction)
      return [operand]
    default:
      guard case .sort(let axis, _) = self else { throw check.error("is not a reduction") }
      try check.axis(axis)
      return [operand, TensorType(.int32, operand.shape)]
    }
  }
}
