/// A layer that combines several tensors elementwise: the base of `Add`, `Subtract`, `Multiply`, `Average`, `Maximum`
/// and `Minimum`. Inputs broadcast; one of lower rank gets axes of extent 1 after the batch.
open class Merge: Layer, @unchecked Sendable {
  /// How many inputs the layer takes, or `nil` for any number.
  var inputCount: Int? { nil }

  /// The combination of inputs of equal rank.
  func merge(_ inputs: [Tensor], _ context: CallContext) -> Tensor {
    inputs.first ?? rejected(name, "takes at least one input")
  }

  open override var supportsMasking: Bool { true }

  override func bind(_ arguments: CallArguments) throws -> BoundArguments {
    if case .tensor = arguments.positional.first {
      throw KerasError(
        .invalidArgument, "\(name) (\(Self.className))", "takes a list of tensors, found a single tensor")
    }
    return try super.bind(arguments)
  }

  open override func build(inputShapes: [[Int?]]) throws {
    try check(inputShapes, sharesSamples: false)
    try super.build(inputShapes: inputShapes)
  }

  /// - Parameter sharesSamples: whether a batch of one goes with any other, as it does for a constant among the inputs.
  private func check(_ inputShapes: [[Int?]], sharesSamples: Bool) throws {
    guard let first = inputShapes.first else {
      throw KerasError(.invalidArgument, name, "takes a list of at least one input")
    }
    if let inputCount, inputShapes.count != inputCount {
      throw KerasError(.invalidArgument, name, "takes exactly \(inputCount) inputs, found \(inputShapes.count)")
    }
    if Set(inputShapes.compactMap { $0.first ?? nil }).subtracting(sharesSamples ? [1] : []).count > 1 {
      throw KerasError(
        .incompatibleShape, name,
        "cannot merge tensors of different batch sizes: \(inputShapes.map(describe).joined(separator: ", "))")
    }
    var merged = Array(first.dropFirst())
    for shape in inputShapes.dropFirst() { merged = try broadcast(merged, Array(shape.dropFirst())) }
  }

  private func broadcast(_ a: [Int?], _ b: [Int?]) throws -> [Int?] {
    if a.count < b.count { return try broadcast(b, a) }
    let lead = a.count - b.count
    return try a.indices.map { axis in
      guard axis >= lead else { return a[axis] }
      let (x, y) = (a[axis], b[axis - lead])
      if x == 1 { return y }
      if y == 1 { return x }
      guard let x, let y else { return nil }
      guard x == y else {
        throw KerasError(
          .incompatibleShape, name, "inputs of shapes \(describe(a)) and \(describe(b)), batch not counted, do not fit")
      }
      return x
    }
  }

  open override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    do { try check(inputs.map(\.partialShape), sharesSamples: true) } catch {
      return [Tensor(failure: KerasError(wrapping: error, subject: name))]
    }
    let rank = inputs.map(\.rank).max() ?? 0
    let level = inputs.map { input in
      (input.rank..<Swift.max(rank, input.rank)).reduce(input) { tensor, _ in tensor.expandDims(1) }
    }
    return [merge(level, context)]
  }

  /// Where any input counts; none where an input has no mask.
  open override func computeMask(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
    let given = masks.compactMap { $0 }
    guard given.count == masks.count, let first = given.first else { return [nil] }
    return [given.dropFirst().reduce(first) { $0.logicalOr($1) }]
  }
}

extension Merge {
  /// Inputs' masks, repeated over the inputs' elements.
  func elementMasks(_ inputs: [Tensor], _ context: CallContext) -> [Tensor?] {
    inputs.enumerated().map { index, input in
      // The mask of an input that got further axes does not count.
      guard context.masks.indices.contains(index), let mask = context.masks[index], mask.rank == input.rank - 1 else {
        return nil
      }
      return mask.expandDims(-1).broadcast(to: input.shape.dimensions)
    }
  }

  /// Combines inputs pairwise, leaving out the places that a mask excludes.
  func mergeMasked(_ inputs: [Tensor], _ context: CallContext, _ combine: (Tensor, Tensor) -> Tensor) -> Tensor {
    let masks = elementMasks(inputs, context)
    guard var output = inputs.first, var outputMask = masks.first else {
      return rejected(name, "takes at least one input")
    }
    for (input, mask) in zip(inputs, masks).dropFirst() {
      let other = mask.map { `where`($0, input, output) } ?? input
      if let current = outputMask { output = `where`(current, output, other) }
      outputMask = outputMask.flatMap { current in mask.map { current.logicalOr($0) } }
      output = combine(output, other)
    }
    return output.masked(by: outputMask?.any(axis: [-1]))
  }
}
