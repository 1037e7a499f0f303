import CPUExecutor
import Graph
import Synchronization

/// A traced and compiled step: inputs in, outputs out, variables updated in place.
final class CompiledFunction: Sendable {
  let executable: any Executable
  /// The variables' memory, in the order of their parameters after the inputs.
  private let variables: [Buffer]
  let outputTypes: [TensorType]
  private let updatedBuffers: [Buffer]

  /// Records `body` on inputs of these types and compiles it.
  static func trace(_ inputs: [TensorType], training: Bool, _ body: (Trace, [Tensor]) throws -> [Tensor]) throws
    -> CompiledFunction
  {
    let trace = Trace(training: training)
    let outputs = try body(trace, inputs.map(trace.input))
    let (graph, updated) = try trace.finish(outputs)
    return try CompiledFunction(graph, outputCount: outputs.count, variables: trace.variables, updated: updated)
  }

  private init(_ graph: Graph, outputCount: Int, variables: [Variable], updated: [Variable]) throws {
    executable = try CPUExecutor.shared.compile(graph)
    self.variables = variables.map(\.buffer)
    outputTypes = Array(graph.outputTypes.prefix(outputCount))
    updatedBuffers = updated.map(\.buffer)
  }

  /// Computes into `results`, one buffer for each output.
  func run(_ inputs: [Buffer], into results: [Buffer]) throws {
    try executable.run(inputs + variables, into: results + updatedBuffers)
  }

  /// Computes into fresh memory.
  func run(_ inputs: [Buffer]) throws -> [Buffer] {
    let results = outputTypes.map(Buffer.init)
    try run(inputs, into: results)
    return results
  }
}

/// Compiled functions by what they depend on, shared by threads.
final class FunctionCache<Key: Hashable & Sendable>: Sendable {
  private let functions = Mutex<[Key: CompiledFunction]>([:])

  /// The function of that key, made on first use. Two threads may make it at once; one result is kept.
  func function(_ key: Key, _ make: () throws -> CompiledFunction) rethrows -> CompiledFunction {
    if let known = functions.withLock({ $0[key] }) { return known }
    let made = try make()
    return functions.withLock { functions in
      if let known = functions[key] { return known }
      functions[key] = made
      return made
    }
  }

  func removeAll() { functions.withLock { $0.removeAll() } }
}
