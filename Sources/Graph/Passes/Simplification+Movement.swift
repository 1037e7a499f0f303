extension Simplification {
  func movement() -> Expression? {
    switch op {
    case .reshape(let shape):
      if shape == x.shape { return x }
      if case .reshape? = x.op { return x.operand(0)?.reshape(shape) }
      return x.repeatedScalar.flatMap { $0.rank == 0 && x.rank > 0 ? $0.broadcast(to: shape) : nil }
    case .transpose(let permutation): return transpose(permutation)
    case .broadcast(let shape, let axes): return broadcast(shape, axes)
    case .reverse(let axes):
      if axes.allSatisfy({ x.shape[$0] <= 1 }) { return x }
      if case .reverse(let before)? = x.op, Set(before) == Set(axes) { return x.operand(0) }
    case .slice(let slicing):
      if type == x.type, slicing.strides.allSatisfy({ $0 == 1 }) { return x }
    case .pad(let padding):
      if (padding.low + padding.high + padding.interior).allSatisfy({ $0 == 0 }) { return x }
    case .concatenate:
      let parts = inputs.filter { $0.shape.elementCount > 0 }
      if parts.count == 1 { return parts[0] }
      let flat = inputs.flatMap { $0.op == op ? $0.operands : [$0] }
      if flat.count > inputs.count, case .concatenate(let axis) = op {
        return x.builder.concatenate(flat, axis: axis)
      }
    case .dynamicSlice(let sizes):
      if sizes == x.shape.dimensions { return x }
    case .dynamicUpdateSlice:
      if inputs[1].type == x.type { return inputs[1] }
    case .reduce(let reduction, let axes):
      if axes.allSatisfy({ x.shape[$0] == 1 }) { return x.reshape(type.shape) }
      if case .reduce(reduction, let before)? = x.op { return reduceBoth(reduction, before, axes) }
    default: break
    }
    return nil
  }

  private func transpose(_ permutation: [Int]) -> Expression? {
    if case .transpose(let before)? = x.op {
      return x.operand(0)?.transpose(permutation.map { before[$0] })
    }
    // Only axes of extent 1 change places: the elements stay where they are.
    let moved = permutation.filter { x.shape[$0] != 1 }
    if moved == moved.sorted() { return x.reshape(type.shape) }
    return x.repeatedScalar?.broadcast(to: type.shape)
  }

  private func broadcast(_ shape: Shape, _ axes: [Int]) -> Expression? {
    if shape == x.shape { return x }
    if case .broadcast(_, let before)? = x.op {
      return x.operand(0)?.broadcast(to: shape, axes: before.map { axes[$0] })
    }
    // Nothing is repeated: axes of extent 1 appear.
    return shape.elementCount == x.shape.elementCount && x.rank > 0 ? x.reshape(shape) : nil
  }

  private func reduceBoth(_ reduction: Reduction, _ before: [Int], _ axes: [Int]) -> Expression? {
    guard let origin = x.operand(0) else { return nil }
    let kept = (0..<origin.rank).filter { !before.contains($0) }
    return origin.reduce(reduction, axes: (before + axes.map { kept[$0] }).sorted())
  }

  /// Reads transposed operands where they are, if that leaves the result's axes in their order.
  func dot(_ dimensions: DotDimensions) -> Expression? {
    var (left, right, folded) = (x, inputs[1], dimensions)
    if case .transpose(let permutation)? = left.op, let origin = left.operand(0),
      isAscending(dimensions.leftFree(rank: left.rank).map { permutation[$0] })
    {
      left = origin
      folded.leftBatch = folded.leftBatch.map { permutation[$0] }
      folded.leftContracting = folded.leftContracting.map { permutation[$0] }
    }
    if case .transpose(let permutation)? = right.op, let origin = right.operand(0),
      isAscending(dimensions.rightFree(rank: right.rank).map { permutation[$0] })
    {
      right = origin
      folded.rightBatch = folded.rightBatch.map { permutation[$0] }
      folded.rightContracting = folded.rightContracting.map { permutation[$0] }
    }
    return folded == dimensions && left.value == x.value && right.value == inputs[1].value
      ? nil : left.dot(right, folded)
  }

  private func isAscending(_ axes: [Int]) -> Bool { zip(axes, axes.dropFirst()).allSatisfy(<) }
}
