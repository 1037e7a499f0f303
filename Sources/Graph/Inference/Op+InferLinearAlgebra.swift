extension Op {
  func inferLinearAlgebra(_ check: OperandCheck) throws(GraphError) -> [TensorType] {
    let inputs = check.inputs
    switch self {
    case .dot(let dimensions):
      try check.count(2)
      try check.sameDType(0, 1)
      return [TensorType(inputs[0].dtype, try dimensions.result(check))]
    case .cholesky:
      try check.count(1)
      try square(check)
      return [inputs[0]]
    case .triangularSolve:
      try check.count(2)
      try square(check)
      try check.sameDType(0, 1)
      let (a, b) = (inputs[0].shape, inputs[1].shape)
      guard a.rank == b.rank, a.dimensions.dropLast() == b.dimensions.dropLast() else {
        throw check.error("the right-hand side \(inputs[1]) does not fit the matrix \(inputs[0])")
      }
      return [inputs[1]]
    default:
      guard case .factorize(let factorization) = self else { throw check.error("is not linear algebra") }
      return try inferFactorization(factorization, check)
    }
  }

  private func square(_ check: OperandCheck) throws(GraphError) {
    try check.floating()
    try check.rank(0, atLeast: 2)
    let shape = check.inputs[0].shape
    guard shape[-1] == shape[-2] else { throw check.error("takes square matrices, found shape \(shape)") }
  }

  private func inferFactorization(_ factorization: Factorization, _ check: OperandCheck) throws(GraphError)
    -> [TensorType]
  {
    try check.count(1)
    try check.floating()
    try check.rank(0, atLeast: 2)
    let (dtype, shape) = (check.inputs[0].dtype, check.inputs[0].shape)
    let (m, n) = (shape[-2], shape[-1])
    let k = Swift.min(m, n)
    func type(_ tail: Int..., as other: DType? = nil) -> TensorType {
      TensorType(other ?? dtype, Shape(shape.dimensions.dropLast(2) + tail))
    }
    switch factorization {
    case .qr(let complete): return complete ? [type(m, m), type(m, n)] : [type(m, k), type(k, n)]
    case .lu: return [type(m, n), type(k, as: .int32)]
    case .svd(let complete): return complete ? [type(m, m), type(k), type(n, n)] : [type(m, k), type(k), type(k, n)]
    case .eigh:
      try square(check)
      return [type(n), type(n, n)]
    }
  }
}

extension DotDimensions {
  fileprivate func result(_ check: OperandCheck) throws(GraphError) -> Shape {
    let (left, right) = (check.inputs[0].shape, check.inputs[1].shape)
    try check.axes(leftBatch + leftContracting, of: 0)
    try check.axes(rightBatch + rightContracting, of: 1)
    guard leftBatch.count == rightBatch.count, leftContracting.count == rightContracting.count,
      zip(leftBatch + leftContracting, rightBatch + rightContracting).allSatisfy({ left[$0] == right[$1] })
    else {
      throw check.error(
        "shapes \(left) and \(right) do not agree along axes \(leftBatch + leftContracting) and "
          + "\(rightBatch + rightContracting)")
    }
    return Shape(
      leftBatch.map { left[$0] } + leftFree(rank: left.rank).map { left[$0] }
        + rightFree(rank: right.rank).map { right[$0] })
  }
}
