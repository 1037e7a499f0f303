extension GraphBuilder {
  /// A loop over the first axis of `sequences`, carrying `carries`.
  ///
  /// `body` gets the carries, one slice of each sequence, and the constants, all of a graph of its own; it gives the
  /// new carries and what is stacked along a new first axis.
  public func scan(
    carries: [Expression], sequences: [Expression], constants: [Expression], length: Int, reversed: Bool = false,
    body: (_ carries: [Expression], _ slices: [Expression], _ constants: [Expression]) -> (
      carries: [Expression], outputs: [Expression]
    )
  ) -> (carries: [Expression], outputs: [Expression]) {
    let slices = sequences.map { TensorType($0.dtype, Shape(Array($0.shape.dimensions.dropFirst()))) }
    let graph = capture(carries.map(\.type) + slices + constants.map(\.type)) { parameters in
      let result = body(
        Array(parameters.prefix(carries.count)),
        Array(parameters.dropFirst(carries.count).prefix(sequences.count)),
        Array(parameters.suffix(constants.count)))
      return result.carries + result.outputs
    }
    guard let graph else { return (carries, []) }
    let scan = Scan(
      body: graph, carryCount: carries.count, sequenceCount: sequences.count, length: length, reversed: reversed)
    let results = add(.scan(scan), carries + sequences + constants)
    return (Array(results.prefix(carries.count)), Array(results.dropFirst(carries.count)))
  }

  /// Repeats `body` while `condition` holds.
  public func whileLoop(
    state: [Expression], constants: [Expression] = [], condition: ([Expression], [Expression]) -> Expression,
    body: ([Expression], [Expression]) -> [Expression]
  ) -> [Expression] {
    let types = (state + constants).map(\.type)
    func split(_ p: [Expression]) -> ([Expression], [Expression]) {
      (Array(p.prefix(state.count)), Array(p.dropFirst(state.count)))
    }
    guard
      let test = capture(
        types,
        {
          let (s, c) = split($0); return [condition(s, c)]
        }),
      let step = capture(
        types,
        {
          let (s, c) = split($0); return body(s, c)
        })
    else { return state }
    return add(.whileLoop(WhileLoop(condition: test, body: step, stateCount: state.count)), state + constants)
  }

  /// One of two computations on the same operands.
  public func conditional(
    _ predicate: Expression, _ operands: [Expression], then: ([Expression]) -> [Expression],
    otherwise: ([Expression]) -> [Expression]
  ) -> [Expression] {
    let types = operands.map(\.type)
    guard let first = capture(types, then), let second = capture(types, otherwise) else { return operands }
    return add(.conditional(then: first, otherwise: second), [predicate] + operands)
  }

  /// The closed graph that `body` records; a failure inside becomes this builder's.
  public func capture(_ types: [TensorType], _ body: ([Expression]) -> [Expression]) -> Graph? {
    let inner = GraphBuilder()
    do {
      return try inner.finish(body(types.map(inner.parameter)))
    } catch {
      fail(error)
      return nil
    }
  }
}
