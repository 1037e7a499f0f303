/// A body of control flow together with its gradient, in one graph, and which of its values belong to which.
///
/// What the gradient reads of the forward computation (its residuals) is chosen from here.
struct JointBody {
  /// Parameters: those of the body, then a cotangent for each pulled result.
  let graph: Graph
  let parameterCount: Int
  /// The body's own results.
  let results: [Value]
  /// The parameters that stand for cotangents.
  let cotangents: [Value]
  /// By the body's parameter; none where it does not matter.
  let gradients: [Int: Value]
  /// For each node, whether it depends on a cotangent.
  private let isBackward: [Bool]
  /// For each node, the body's parameters that it depends on.
  private let dependencies: [Set<Int>]

  /// Differentiates `body`: its results `pulled` with respect to its parameters `sources`.
  init(_ body: Graph, pulling pulled: [Int], to sources: [Int]) throws(GraphError) {
    let builder = GraphBuilder()
    let parameters = body.parameterTypes.map(builder.parameter)
    let results = builder.inline(body, parameters)
    let cotangents = pulled.map { builder.parameter(results[$0].type) }
    let found = builder.pullBack(
      zip(pulled, cotangents).map { (results[$0], $1) }, to: sources.map { parameters[$0] })
    let kept = zip(sources, found).compactMap { source, gradient in gradient.map { (source, $0) } }
    graph = try builder.finish(results + kept.map(\.1))

    parameterCount = parameters.count
    self.results = Array(graph.outputs.prefix(results.count))
    self.cotangents = Array(graph.parameters.dropFirst(parameters.count))
    gradients = Dictionary(
      uniqueKeysWithValues: zip(kept.map(\.0), graph.outputs.dropFirst(results.count)))

    var isBackward: [Bool] = []
    var dependencies: [Set<Int>] = []
    for node in graph.nodes {
      if case .parameter(let position, _) = node.op {
        isBackward.append(position >= parameters.count)
        dependencies.append([position])
      } else {
        isBackward.append(node.inputs.contains { isBackward[$0.node] })
        dependencies.append(node.inputs.reduce(into: []) { $0.formUnion(dependencies[$1.node]) })
      }
    }
    self.isBackward = isBackward
    self.dependencies = dependencies
  }

  func dependsOnCotangents(_ value: Value) -> Bool { isBackward[value.node] }

  /// The body's parameters that a forward value depends on.
  func dependencies(of value: Value) -> Set<Int> { dependencies[value.node] }

  /// The body's parameter that a value is.
  func parameter(_ value: Value) -> Int? {
    guard case .parameter(let position, _) = graph.nodes[value.node].op else { return nil }
    return position
  }

  /// The forward values from which, with the cotangents, `values` can be computed without repeating work: what depends
  /// on no parameter, or only repeats or reshapes, is left to be done again.
  func residuals(for values: [Value]) -> [Value] {
    var found: [Value] = []
    var seen = Set<Value>()
    var pending = values
    while let value = pending.popLast() {
      guard seen.insert(value).inserted, !dependencies[value.node].isEmpty else { continue }
      if isBackward[value.node] || graph.nodes[value.node].op.isFreeToRepeat {
        pending += graph.nodes[value.node].inputs
      } else {
        found.append(value)
      }
    }
    return found.sorted { ($0.node, $0.output) < ($1.node, $1.output) }
  }
}

extension Op {
  /// Whether storing the result costs more than computing it again.
  fileprivate var isFreeToRepeat: Bool {
    switch self {
    case .broadcast, .reshape: true
    default: false
    }
  }
}
