/// Records a graph, one node at a time, checking each.
///
/// `Expression` is the convenient way in: operators and methods that add nodes here. The first operation that does not
/// fit is kept and thrown by `finish`; what follows it is not recorded. A builder is used by one thread at a time.
public final class GraphBuilder: @unchecked Sendable {
  public private(set) var nodes: [Node] = []
  public private(set) var parameters: [Value] = []
  public private(set) var firstError: GraphError?
  private var scopes: [String] = []

  public init() {}

  public func parameter(_ type: TensorType) -> Expression {
    let position = parameters.count
    let value = add(.parameter(position, type), [])
    guard let first = value.first else { return Expression(builder: self, value: nil) }
    if let id = first.value { parameters.append(id) }
    return first
  }

  /// Adds a node and gives its results. After an error the results are placeholders.
  public func add(_ op: Op, _ inputs: [Expression]) -> [Expression] {
    guard firstError == nil else { return placeholders(op) }
    var values: [Value] = []
    for input in inputs {
      guard let value = input.value, input.builder === self else {
        fail(GraphError(op.name, "an operand belongs to another graph"))
        return placeholders(op)
      }
      values.append(value)
    }
    guard nodes.count < Self.largestGraph else {
      fail(
        GraphError(
          op.name, "one step would take more than \(Self.largestGraph) operations; nest models or unroll loops less"))
      return placeholders(op)
    }
    do {
      let types = try op.inferTypes(values.map { nodes[$0.node].types[$0.output] })
      nodes.append(Node(op: op, inputs: values, types: types, scope: scope))
      let node = nodes.count - 1
      return types.indices.map { Expression(builder: self, value: Value(node: node, output: $0)) }
    } catch {
      fail(error)
      return placeholders(op)
    }
  }

  /// Puts an operation that gives more results in a node's place: the first results must keep their types.
  func extend(_ node: Int, to op: Op) -> [Expression] {
    guard firstError == nil else { return placeholders(op) }
    do throws(GraphError) {
      let types = try op.inferTypes(nodes[node].inputs.map { nodes[$0.node].types[$0.output] })
      guard Array(types.prefix(nodes[node].types.count)) == nodes[node].types else {
        throw GraphError(op.name, "the results \(nodes[node].types) cannot become \(types)")
      }
      nodes[node].op = op
      nodes[node].types = types
      return types.indices.map { Expression(builder: self, value: Value(node: node, output: $0)) }
    } catch {
      fail(error)
      return placeholders(op)
    }
  }

  /// In operations. Models that use others twice, which use others twice and so on, would have no end.
  private static let largestGraph = 1 << 17

  private func placeholders(_ op: Op) -> [Expression] {
    (0..<op.resultCountUpperBound).map { _ in Expression(builder: self, value: nil) }
  }

  /// Keeps the first error; later ones are consequences.
  public func fail(_ error: GraphError) {
    if firstError == nil {
      var located = error
      if located.scope.isEmpty { located.scope = scope }
      firstError = located
    }
  }

  public func type(of value: Value) -> TensorType { nodes[value.node].types[value.output] }

  // MARK: Scopes

  public var scope: String { scopes.joined(separator: "/") }

  /// Nodes that `body` adds carry `name` in their scope.
  public func withScope<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    scopes.append(name)
    defer { scopes.removeLast() }
    return try body()
  }

  // MARK: Finishing

  /// The graph of `outputs`; `updates` maps positions in `outputs` to the parameters they replace.
  public func finish(_ outputs: [Expression], updates: [Int: Int] = [:]) throws(GraphError) -> Graph {
    if let firstError { throw firstError }
    var values: [Value] = []
    for output in outputs {
      guard let value = output.value, output.builder === self else {
        throw GraphError("graph", "an output belongs to another graph")
      }
      values.append(value)
    }
    for (output, parameter) in updates {
      guard values.indices.contains(output), parameters.indices.contains(parameter),
        type(of: values[output]) == type(of: parameters[parameter])
      else { throw GraphError("graph", "output \(output) cannot replace parameter \(parameter): types differ") }
    }
    return Graph(nodes: nodes, parameters: parameters, outputs: values, updates: updates)
  }

  /// Copies a closed graph into this one, its parameters replaced by `arguments`, and gives its outputs.
  public func inline(_ graph: Graph, _ arguments: [Expression]) -> [Expression] {
    guard arguments.count == graph.parameters.count else {
      fail(GraphError("inline", "the graph takes \(graph.parameters.count) arguments, \(arguments.count) were given"))
      return graph.outputs.map { _ in Expression(builder: self, value: nil) }
    }
    var results: [[Expression]] = []
    results.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      if case .parameter(let position, _) = node.op {
        results.append([arguments[position]])
      } else {
        results.append(add(node.op, node.inputs.map { results[$0.node][$0.output] }))
      }
    }
    return graph.outputs.map { results[$0.node][$0.output] }
  }
}
