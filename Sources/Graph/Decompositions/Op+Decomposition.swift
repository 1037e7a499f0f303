extension Op {
  /// This operation written in simpler ones, as a graph from operands of these types to its results; `nil` where it is
  /// simple already.
  ///
  /// - Throws: `GraphError` where the types do not fit the operation.
  public func decomposition(_ inputs: [TensorType]) throws(GraphError) -> Graph? {
    _ = try inferTypes(inputs)
    let builder = GraphBuilder()
    guard let results = decompose(inputs.map(builder.parameter)) else { return nil }
    return try builder.finish(results)
  }

  /// Records this operation on `inputs` in simpler ones and gives its results, or `nil` where it is simple already.
  func decompose(_ inputs: [Expression]) -> [Expression]? {
    switch self {
    case .softmax, .logSoftmax, .batchNormalization, .batchNormalizationGradient, .layerNormalization,
      .layerNormalizationGradient:
      return decomposeNormalization(inputs)
    case .recurrent(let recurrent): return RecurrentDecomposition(recurrent).forward(inputs)
    case .recurrentGradient(let recurrent): return RecurrentDecomposition(recurrent).gradient(inputs)
    case .cumulative(let reduction, let axis, let reverse):
      return reduction.binaryOp.map { [inputs[0].running($0, axis, reverse)] }
    default: return nil
    }
  }
}

extension Reduction {
  /// What combines two elements; `nil` for those of `bool`.
  fileprivate var binaryOp: BinaryOp? {
    switch self {
    case .sum: .add
    case .product: .multiply
    case .maximum: .maximum
    case .minimum: .minimum
    case .all, .any: nil
    }
  }
}

extension Expression {
  /// A scan over the axis that carries the running value.
  fileprivate func running(_ op: BinaryOp, _ axis: Int, _ reverse: Bool) -> Expression {
    let length = shape[axis]
    guard length > 0 else { return self }
    let permutation = [axis] + (0..<rank).filter { $0 != axis }
    let sequence = transpose(permutation)
    let first = sequence.slice(axis: 0, reverse ? (length - 1)..<length : 0..<1)
    let rest = sequence.slice(axis: 0, reverse ? 0..<(length - 1) : 1..<length)
    let values = builder.scan(
      carries: [first.squeeze(0)], sequences: [rest], constants: [], length: length - 1, reversed: reverse
    ) { carries, slices, _ in
      let value = carries[0].binary(op, slices[0])
      return ([value], [value])
    }
    let stacked = builder.concatenate(
      reverse ? values.outputs + [first] : [first] + values.outputs, axis: 0)
    var inverse = permutation
    for (to, from) in permutation.enumerated() { inverse[from] = to }
    return stacked.transpose(inverse)
  }
}
