extension Op {
  func inferWindow(_ check: OperandCheck) throws(GraphError) -> [TensorType] {
    let inputs = check.inputs
    switch self {
    case .convolution(let convolution):
      try check.count(2)
      try operands(check)
      return [
        TensorType(inputs[0].dtype, try convolution.result(input: inputs[0].shape, kernel: inputs[1].shape, check))
      ]
    case .convolutionInputGradient(let convolution, let input):
      try check.count(2)
      try operands(check)
      let output = try convolution.result(input: input, kernel: inputs[1].shape, check)
      try check.type(0, is: TensorType(inputs[0].dtype, output), "the gradient")
      return [TensorType(inputs[0].dtype, input)]
    case .convolutionKernelGradient(let convolution, let kernel):
      try check.count(2)
      try operands(check)
      let output = try convolution.result(input: inputs[0].shape, kernel: kernel, check)
      try check.type(1, is: TensorType(inputs[0].dtype, output), "the gradient")
      return [TensorType(inputs[0].dtype, kernel)]
    case .pool(let pooling):
      try check.count(1)
      let output = try pooling.result(input: inputs[0].shape, check)
      let y = TensorType(inputs[0].dtype, output)
      return pooling.kind == .maximum ? [y, TensorType(pooling.positionType, output)] : [y]
    default:
      guard case .poolGradient(let pooling, let input) = self else { throw check.error("is not a window operation") }
      try check.count(pooling.kind == .maximum ? 2 : 1)
      let output = try pooling.result(input: input, check)
      let gradient = inputs[inputs.count - 1]
      if pooling.kind == .maximum { try check.type(0, is: TensorType(pooling.positionType, output), "the positions") }
      try check.type(inputs.count - 1, is: TensorType(gradient.dtype, output), "the gradient")
      return [TensorType(gradient.dtype, input)]
    }
  }

  private func operands(_ check: OperandCheck) throws(GraphError) {
    try check.floating(0)
    try check.sameDType(0, 1)
  }
}

/// The number of window positions along an axis, or `nil` where the window does not fit.
private func windowCount(extent: Int, low: Int, high: Int, window: Int, stride: Int) -> Int? {
  guard extent >= 0, window > 0, stride > 0, let padded = extent.adding(low)?.adding(high), padded >= window else {
    return nil
  }
  return (padded - window) / stride + 1
}

extension Int {
  fileprivate func adding(_ other: Int) -> Int? {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? nil : sum
  }
}

extension Convolution {
  fileprivate func result(input: Shape, kernel: Shape, _ check: OperandCheck) throws(GraphError) -> Shape {
    let rank = spatialRank
    guard input.rank == rank + 2, kernel.rank == rank + 2, paddingLow.count == rank, paddingHigh.count == rank,
      dilations.count == rank
    else { throw check.error("input \(input) and kernel \(kernel) do not have \(rank) spatial axes") }
    guard groups > 0, input[-1] == kernel[-2] &* groups, kernel[-1] % groups == 0 else {
      throw check.error(
        "an input of \(input[-1]) channels does not fit kernel \(kernel) in \(groups) group\(groups == 1 ? "" : "s")")
    }
    var result = [input[0]]
    for axis in 0..<rank {
      let (span, overflow) = (kernel[axis] - 1).multipliedReportingOverflow(by: dilations[axis])
      guard !overflow, dilations[axis] > 0, paddingLow[axis] >= 0, paddingHigh[axis] >= 0,
        let count = windowCount(
          extent: input[axis + 1], low: paddingLow[axis], high: paddingHigh[axis], window: span &+ 1,
          stride: strides[axis])
      else { throw check.error("kernel \(kernel) does not fit into input \(input)") }
      result.append(count)
    }
    return Shape(result + [kernel[-1]])
  }
}

extension Pooling {
  fileprivate func result(input: Shape, _ check: OperandCheck) throws(GraphError) -> Shape {
    let rank = window.count
    guard input.rank == rank + 2, strides.count == rank, paddingLow.count == rank, paddingHigh.count == rank else {
      throw check.error("input \(input) does not have \(rank) spatial axes")
    }
    var result = [input[0]]
    for axis in 0..<rank {
      guard paddingLow[axis] >= 0, paddingHigh[axis] >= 0, paddingLow[axis] < window[axis],
        paddingHigh[axis] < window[axis] + strides[axis],
        let count = windowCount(
          extent: input[axis + 1], low: paddingLow[axis], high: paddingHigh[axis], window: window[axis],
          stride: strides[axis])
      else { throw check.error("a window of \(window) by \(strides) does not fit into input \(input)") }
      result.append(count)
    }
    return Shape(result + [input[-1]])
  }
}
