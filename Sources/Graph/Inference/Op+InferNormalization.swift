extension Op {
  func inferNormalization(_ check: OperandCheck) throws(GraphError) -> [TensorType] {
    let inputs = check.inputs
    guard let x = inputs.first else { throw check.error("takes operands, found none") }
    try check.floating()
    try check.rank(0, atLeast: 1)
    let channel = TensorType(x.dtype, [x.shape[-1]])
    let row = TensorType(x.dtype, Shape(x.shape.dimensions.dropLast()))
    func roles(_ expected: [(String, TensorType)]) throws(GraphError) {
      try check.count(expected.count + 1)
      for (position, (role, type)) in expected.enumerated() { try check.type(position + 1, is: type, role) }
    }
    switch self {
    case .batchNormalization:
      try roles([("the scale", channel), ("the offset", channel)])
      return [x, channel, channel]
    case .batchNormalizationGradient(_, let rectified):
      try roles(
        [("the scale", channel), ("the mean", channel), ("the variance", channel), ("the gradient", x)]
          + (rectified ? [("the offset", channel)] : []))
      return [x, channel, channel]
    case .layerNormalization:
      try roles([("the scale", channel), ("the offset", channel)])
      return [x, row, row]
    case .layerNormalizationGradient:
      try roles([("the scale", channel), ("the mean", row), ("the deviation", row), ("the gradient", x)])
      return [x, channel, channel]
    default:  // softmax, logSoftmax
      try check.count(1)
      return [x]
    }
  }
}
