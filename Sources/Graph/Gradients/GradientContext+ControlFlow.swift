extension GradientContext {
  func scan(_ scan: Scan) -> [Expression?] {
    do {
      return try ScanGradient(scan, self).inputGradients()
    } catch {
      builder.fail(error)
      return none
    }
  }

  /// A conditional on the same predicate: each branch's gradient reads what that branch was made to store, as
  /// additional outputs that are zeros when the other one ran.
  func conditional(_ then: Graph, _ otherwise: Graph) -> [Expression?] {
    do {
      return try conditionalGradients([then, otherwise])
    } catch {
      builder.fail(error)
      return none
    }
  }

  private func conditionalGradients(_ branches: [Graph]) throws(GraphError) -> [Expression?] {
    let pulled = outputs.indices.filter { cotangents[$0] != nil && outputs[$0].dtype.isFloatingPoint }
    let sources = inputs.indices.dropFirst().filter { needed[$0] }.map { $0 - 1 }
    let bodies = try branches.map { branch throws(GraphError) in
      try JointBody(branch, pulling: pulled, to: sources)
    }
    let stored = bodies.map { body in
      body.residuals(for: Array(body.gradients.values)).filter { body.parameter($0) == nil }
    }
    let storedTypes = zip(bodies, stored).map { body, values in values.map(body.graph.type(of:)) }
    let operandCount = inputs.count - 1

    var forward: [Graph] = []
    var backward: [Graph] = []
    for (index, body) in bodies.enumerated() {
      let part = try body.graph.part(
        computing: body.results + stored[index], from: Array(body.graph.parameters.prefix(operandCount)))
      forward.append(try Self.storing(part, storedTypes, own: index, resultCount: body.results.count))
      backward.append(try Self.backward(body, stored[index], storedTypes, own: index, sources))
    }
    let extended = builder.extend(node, to: .conditional(then: forward[0], otherwise: forward[1]))
    let operands = Array(inputs.dropFirst()) + extended.suffix(storedTypes.joined().count) + pulled.map(cotangent)
    let results = builder.add(.conditional(then: backward[0], otherwise: backward[1]), [inputs[0]] + operands)
    var gradients = none
    for (source, result) in zip(sources, results) { gradients[source + 1] = result }
    return gradients
  }

  /// A branch that also gives what it stores, and zeros for what the other branch stores.
  private static func storing(_ part: Graph, _ types: [[TensorType]], own: Int, resultCount: Int) throws(GraphError)
    -> Graph
  {
    let builder = GraphBuilder()
    let results = builder.inline(part, part.parameterTypes.map(builder.parameter))
    let stores = types.indices.flatMap { index in
      index == own ? Array(results.dropFirst(resultCount)) : types[index].map { builder.full(0, $0) }
    }
    return try builder.finish(results.prefix(resultCount) + stores)
  }

  /// A branch's gradient. Parameters: the operands, what both branches stored, the cotangents.
  private static func backward(
    _ body: JointBody, _ stored: [Value], _ types: [[TensorType]], own: Int, _ sources: [Int]
  ) throws(GraphError) -> Graph {
    let builder = GraphBuilder()
    let operands = body.graph.parameters.prefix(body.parameterCount)
    let parameters = operands.map { builder.parameter(body.graph.type(of: $0)) }
    let stores = types.map { $0.map(builder.parameter) }
    let cotangents = body.cotangents.map { builder.parameter(body.graph.type(of: $0)) }
    let found = sources.compactMap { body.gradients[$0] }
    let part = try body.graph.part(computing: found, from: operands + stored + body.cotangents)
    var results = builder.inline(part, parameters + stores[own] + cotangents)[...]
    return try builder.finish(
      sources.map { source in
        body.gradients[source] == nil ? builder.full(0, parameters[source].type) : results.removeFirst()
      })
  }
}
