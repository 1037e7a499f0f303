/// The reference executor: small, slow and obviously right. Every other executor is tested against it.
///
/// Floats are computed in `Double` and rounded to their type after each operation; integers wrap around.
public struct Interpreter: Executor {
  public init() {}

  public func compile(_ graph: Graph) throws -> any Executable { InterpretedGraph(graph: graph) }

  /// Computes one operation.
  ///
  /// - Throws: `GraphError` where the operands do not fit the operation.
  public static func evaluate(_ op: Op, inputs: [Buffer]) throws(GraphError) -> [Buffer] {
    let values = try evaluate(op, inputs.map { DenseTensor($0) })
    return values.map { $0.makeBuffer() }
  }

  static func evaluate(_ op: Op, _ inputs: [DenseTensor]) throws(GraphError) -> [DenseTensor] {
    let types = try op.inferTypes(inputs.map(\.type))
    return try Evaluation(op: op, inputs: inputs, types: types).results()
  }

  /// Computes a graph's outputs.
  static func run(_ graph: Graph, _ arguments: [DenseTensor]) throws(GraphError) -> [DenseTensor] {
    var values: [[DenseTensor]] = []
    values.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      if case .parameter(let position, let type) = node.op {
        guard arguments.indices.contains(position), arguments[position].type == type else {
          throw GraphError("parameter", "argument \(position) must be \(type)", scope: node.scope)
        }
        values.append([arguments[position]])
      } else {
        let inputs = node.inputs.map { values[$0.node][$0.output] }
        values.append(try Evaluation(op: node.op, inputs: inputs, types: node.types).results())
      }
    }
    return graph.outputs.map { values[$0.node][$0.output] }
  }
}

/// A graph that the interpreter runs node by node.
private struct InterpretedGraph: Executable {
  let graph: Graph
  var parameterTypes: [TensorType] { graph.parameterTypes }
  var outputTypes: [TensorType] { graph.outputTypes }
  var updates: [Int: Int] { graph.updates }
  var byteCount: Int {
    graph.nodes.reduce(0) { total, node in
      if case .constant(let literal) = node.op { total + literal.bytes.count } else { total + 512 }
    }
  }

  func run(_ arguments: [Buffer], into results: [Buffer]) throws {
    guard arguments.map(\.type) == parameterTypes, results.map(\.type) == outputTypes else {
      throw GraphError("run", "arguments must be \(parameterTypes) and results \(outputTypes)")
    }
    let values = try Interpreter.run(graph, arguments.map { DenseTensor($0) })
    for (value, result) in zip(values, results) { value.store(into: result) }
  }
}
