extension Op {
  func inferMovement(_ check: OperandCheck) throws(GraphError) -> TensorType {
    let inputs = check.inputs
    guard let operand = inputs.first else { throw check.error("takes operands, found none") }
    let shape = operand.shape
    switch self {
    case .reshape(let result):
      try check.count(1)
      guard result.isValid, result.elementCount == shape.elementCount else {
        throw check.error("shape \(shape) cannot become \(result): the element counts differ")
      }
      return TensorType(operand.dtype, result)
    case .broadcast(let result, let axes):
      try check.count(1)
      guard axes.count == shape.rank, zip(axes, axes.dropFirst()).allSatisfy(<),
        axes.allSatisfy(result.dimensions.indices.contains),
        axes.indices.allSatisfy({ shape[$0] == result[axes[$0]] || shape[$0] == 1 })
      else { throw check.error("shape \(shape) does not broadcast to \(result) along axes \(axes)") }
      return TensorType(operand.dtype, result)
    case .transpose(let permutation):
      try check.count(1)
      guard permutation.sorted() == Array(0..<shape.rank) else {
        throw check.error("\(permutation) is not a permutation of the axes of \(shape)")
      }
      return TensorType(operand.dtype, Shape(permutation.map { shape[$0] }))
    case .reverse(let axes):
      try check.count(1)
      try check.axes(axes)
      return operand
    case .slice(let slicing):
      try check.count(1)
      return TensorType(operand.dtype, try slicing.result(of: shape, check))
    case .pad(let padding):
      try check.count(2)
      try check.type(1, is: TensorType(operand.dtype, .scalar), "the padding value")
      return TensorType(operand.dtype, try padding.result(of: shape, check))
    case .concatenate(let axis):
      try check.axis(axis)
      var extent = 0
      for input in inputs {
        guard input.dtype == operand.dtype, input.shape.rank == shape.rank,
          input.shape.replacing(axis: axis, with: 0) == shape.replacing(axis: axis, with: 0)
        else { throw check.error("\(operand) and \(input) differ in more than axis \(axis)") }
        extent = extent &+ input.shape[axis]
      }
      return TensorType(operand.dtype, shape.replacing(axis: axis, with: extent))
    case .dynamicSlice(let sizes):
      try check.count(2)
      try check.starts(1, rank: shape.rank)
      guard sizes.count == shape.rank, zip(sizes, shape.dimensions).allSatisfy({ $0 >= 0 && $0 <= $1 }) else {
        throw check.error("a slice of sizes \(sizes) does not fit into shape \(shape)")
      }
      return TensorType(operand.dtype, Shape(sizes))
    case .dynamicUpdateSlice:
      try check.count(3)
      try check.sameDType(0, 1)
      try check.starts(2, rank: shape.rank)
      let update = inputs[1].shape
      guard update.rank == shape.rank, zip(update.dimensions, shape.dimensions).allSatisfy(<=) else {
        throw check.error("an update of shape \(update) does not fit into shape \(shape)")
      }
      return operand
    default:
      return try inferIndexing(check)
    }
  }

  private func inferIndexing(_ check: OperandCheck) throws(GraphError) -> TensorType {
    let inputs = check.inputs
    func gathered(_ axis: Int) throws(GraphError) -> Shape {
      try check.axis(axis)
      try check.indices(1)
      let dimensions = inputs[0].shape.dimensions
      guard dimensions[axis] > 0 || inputs[1].shape.elementCount == 0 else {
        throw check.error("axis \(axis) of shape \(inputs[0].shape) is empty")
      }
      return Shape(dimensions[..<axis] + inputs[1].shape.dimensions + dimensions[(axis + 1)...])
    }
    func along(_ axis: Int) throws(GraphError) -> Shape {
      try check.axis(axis)
      try check.indices(1)
      let (operand, indices) = (inputs[0].shape, inputs[1].shape)
      guard indices.rank == operand.rank,
        indices.replacing(axis: axis, with: 0) == operand.replacing(axis: axis, with: 0),
        operand[axis] > 0 || indices.elementCount == 0
      else { throw check.error("indices of shape \(indices) do not fit shape \(operand) along axis \(axis)") }
      return indices
    }
    switch self {
    case .gather(let axis):
      try check.count(2)
      return TensorType(inputs[0].dtype, try gathered(axis))
    case .scatterAdd(let axis):
      try check.count(3)
      try check.type(2, is: TensorType(inputs[0].dtype, try gathered(axis)), "the updates")
      return inputs[0]
    case .gatherAlong(let axis):
      try check.count(2)
      return TensorType(inputs[0].dtype, try along(axis))
    default:
      guard case .scatterAddAlong(let axis) = self else { throw check.error("is not a movement of elements") }
      try check.count(3)
      try check.type(2, is: TensorType(inputs[0].dtype, try along(axis)), "the updates")
      return inputs[0]
    }
  }
}

extension Slicing {
  fileprivate func result(of shape: Shape, _ check: OperandCheck) throws(GraphError) -> Shape {
    guard starts.count == shape.rank, limits.count == shape.rank, strides.count == shape.rank else {
      throw check.error("needs a start, limit and stride for each axis of \(shape)")
    }
    var result: [Int] = []
    for axis in 0..<shape.rank {
      guard starts[axis] >= 0, starts[axis] <= limits[axis], limits[axis] <= shape[axis], strides[axis] > 0 else {
        throw check.error(
          "\(starts[axis])..<\(limits[axis]) by \(strides[axis]) does not lie in axis \(axis) of shape \(shape)")
      }
      let span = limits[axis] - starts[axis]
      result.append(span == 0 ? 0 : (span - 1) / strides[axis] + 1)
    }
    return Shape(result)
  }
}

extension Padding {
  fileprivate func result(of shape: Shape, _ check: OperandCheck) throws(GraphError) -> Shape {
    guard low.count == shape.rank, high.count == shape.rank, interior.count == shape.rank else {
      throw check.error("needs a low, high and interior padding for each axis of \(shape)")
    }
    var result: [Int] = []
    for axis in 0..<shape.rank {
      let (gaps, overflow) = Swift.max(shape[axis] - 1, 0).multipliedReportingOverflow(by: interior[axis])
      let (first, overflow1) = shape[axis].addingReportingOverflow(gaps)
      let (second, overflow2) = first.addingReportingOverflow(low[axis])
      let (extent, overflow3) = second.addingReportingOverflow(high[axis])
      guard !overflow, !overflow1, !overflow2, !overflow3, interior[axis] >= 0, extent >= 0 else {
        throw check.error(
          "padding (\(low[axis]), \(high[axis])) is too much or too little for axis \(axis) of \(shape)")
      }
      result.append(extent)
    }
    return Shape(result)
  }
}
