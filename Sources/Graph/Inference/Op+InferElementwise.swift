extension Op {
  func inferElementwise(_ check: OperandCheck) throws(GraphError) -> TensorType {
    let inputs = check.inputs
    switch self {
    case .unary(let op):
      try check.count(1)
      try op.checkOperand(check)
      return op.isPredicate ? TensorType(.bool, inputs[0].shape) : inputs[0]
    case .binary(let op):
      try check.count(2)
      try check.sameType(0, 1)
      try op.checkOperand(check)
      return inputs[0]
    case .compare:
      try check.count(2)
      try check.sameType(0, 1)
      return TensorType(.bool, inputs[0].shape)
    case .select:
      try check.count(3)
      try check.sameType(1, 2)
      try check.type(0, is: TensorType(.bool, inputs[1].shape), "the condition")
      return inputs[1]
    case .convert(let dtype):
      try check.count(1)
      return TensorType(dtype, inputs[0].shape)
    case .bitcast(let dtype):
      try check.count(1)
      guard dtype.byteCount == inputs[0].dtype.byteCount, dtype != .bool, inputs[0].dtype != .bool else {
        throw check.error("\(inputs[0].dtype) and \(dtype) differ in size")
      }
      return TensorType(dtype, inputs[0].shape)
    default:  // stopGradient
      try check.count(1)
      return inputs[0]
    }
  }
}

extension UnaryOp {
  /// Whether the result is `bool`.
  public var isPredicate: Bool {
    switch self {
    case .isNaN, .isInfinite, .isFinite: true
    default: false
    }
  }

  fileprivate func checkOperand(_ check: OperandCheck) throws(GraphError) {
    let dtype = check.inputs[0].dtype
    switch self {
    case .negate, .absolute, .sign, .square, .relu, .floor, .ceiling, .roundToEven, .truncate:
      guard dtype != .bool else { throw check.error("takes numbers, found \(check.inputs[0])") }
    case .not:
      guard !dtype.isFloatingPoint else { throw check.error("takes integers or bool, found \(check.inputs[0])") }
    case .populationCount:
      guard dtype.isInteger else { throw check.error("takes integers, found \(check.inputs[0])") }
    default:
      try check.floating()
    }
  }
}

extension BinaryOp {
  fileprivate func checkOperand(_ check: OperandCheck) throws(GraphError) {
    let dtype = check.inputs[0].dtype
    switch self {
    case .and, .or, .xor:
      guard !dtype.isFloatingPoint else { throw check.error("takes integers or bool, found \(check.inputs[0])") }
    case .shiftLeft, .shiftRightArithmetic, .shiftRightLogical:
      guard dtype.isInteger else { throw check.error("takes integers, found \(check.inputs[0])") }
    case .arcTangent2, .nextAfter:
      try check.floating()
    default:
      guard dtype != .bool else { throw check.error("takes numbers, found \(check.inputs[0])") }
    }
  }
}
