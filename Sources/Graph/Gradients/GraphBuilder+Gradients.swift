extension GraphBuilder {
  /// The gradients of a loss: one expression for each of `sources`, of its type; zeros where the loss does not depend
  /// on it. Only nodes between the sources and the loss are differentiated.
  ///
  /// - Parameter seed: what the loss's gradient counts as (ones by default, so that the elements of a `loss` that is
  ///   not a scalar are summed).
  public func gradients(of loss: Expression, withRespectTo sources: [Expression], seed: Expression? = nil)
    -> [Expression]
  {
    vectorJacobianProduct([loss], [seed ?? full(1, loss.type)], withRespectTo: sources)
  }

  /// Σ cotangentᵢ · ∂outputᵢ / ∂source for each source: reverse-mode differentiation.
  public func vectorJacobianProduct(
    _ outputs: [Expression], _ cotangents: [Expression], withRespectTo sources: [Expression]
  ) -> [Expression] {
    let found = pullBack(zip(outputs, cotangents).map { ($0, $1) }, to: sources)
    return zip(sources, found).map { source, gradient in gradient ?? full(0, source.type) }
  }

  /// As `vectorJacobianProduct`, with `nil` where a source does not matter. Only `range`'s nodes are differentiated:
  /// what lies before them stays unseen, even where one source is computed from another.
  func pullBack(
    _ outputs: [(value: Expression, cotangent: Expression)], to sources: [Expression],
    through range: PartialRangeFrom<Int> = 0...
  ) -> [Expression?] {
    for (value, cotangent) in outputs where value.type != cotangent.type {
      fail(GraphError("gradient", "the cotangent \(cotangent.type) of a value \(value.type) has another type"))
    }
    guard firstError == nil else { return sources.map { _ in nil } }
    var tape = Tape(active: activeValues(from: sources.compactMap(\.value), range))
    for (value, cotangent) in outputs { tape.add(cotangent, to: value) }
    let last = outputs.compactMap(\.value.value?.node).max() ?? -1
    for node in stride(from: last, through: range.lowerBound, by: -1) {
      guard firstError == nil else { break }
      differentiate(node: node, &tape)
    }
    return sources.map { source in source.value.flatMap { tape.cotangents[$0] } }
  }

  /// The floating-point values that depend on one of `sources`, themselves included.
  private func activeValues(from sources: [Value], _ range: PartialRangeFrom<Int>) -> Set<Value> {
    var active = Set(sources.filter { type(of: $0).dtype.isFloatingPoint })
    guard let first = active.map(\.node).min() else { return active }
    for node in Swift.max(first, range.lowerBound)..<nodes.count where !nodes[node].op.stopsGradient {
      guard nodes[node].inputs.contains(where: active.contains) else { continue }
      for (output, type) in nodes[node].types.enumerated() where type.dtype.isFloatingPoint {
        active.insert(Value(node: node, output: output))
      }
    }
    return active
  }

  /// Hands the cotangents of a node's results on to its operands.
  private func differentiate(node: Int, _ tape: inout Tape) {
    let needed = nodes[node].inputs.map(tape.active.contains)
    guard needed.contains(true), !nodes[node].op.stopsGradient else { return }
    let results = nodes[node].types.indices.map { Value(node: node, output: $0) }
    let cotangents = results.map { tape.cotangents[$0] }
    guard cotangents.contains(where: { $0 != nil }) else { return }
    let context = GradientContext(
      builder: self, node: node, op: nodes[node].op,
      inputs: nodes[node].inputs.map { Expression(builder: self, value: $0) },
      outputs: results.map { Expression(builder: self, value: $0) }, cotangents: cotangents, needed: needed)
    let inputs = context.inputs
    let gradients = withScope(nodes[node].scope) { context.inputGradients() }
    for (input, gradient) in zip(inputs, gradients) {
      if let gradient { tape.add(gradient, to: input) }
    }
  }
}

/// The cotangents collected so far on the way back.
private struct Tape {
  let active: Set<Value>
  var cotangents: [Value: Expression] = [:]

  init(active: Set<Value>) { self.active = active }

  mutating func add(_ cotangent: Expression, to target: Expression) {
    guard let value = target.value, active.contains(value) else { return }
    cotangents[value] = cotangents[value].map { $0 + cotangent } ?? cotangent
  }
}

extension Op {
  /// Whether no gradient passes, although operands and results may be floats.
  fileprivate var stopsGradient: Bool {
    switch self {
    case .stopGradient, .compare, .argReduce, .bitcast: true
    default: false
    }
  }
}
