import Graph
import Synchronization

/// A traced and compiled step: inputs in, outputs out, variables updated in place.
final class CompiledFunction: Sendable {
  let executable: any Executable
  /// The variables' memory, in the order of their parameters after the inputs.
  private let variables: [Buffer]
  let outputTypes: [TensorType]
  /// The bytes that the function holds besides the variables, about.
  var byteCount: Int { executable.byteCount + 4096 }
  /// The bytes of a run's inputs and outputs.
  let interfaceByteCount: Int
  /// For each output of the traced step, whether it carries a mask; masks come after the outputs.
  private let carriesMask: [Bool]
  private let updatedBuffers: [Buffer]
  private let indexChecks: [IndexCheck]
  /// The inputs, by position, whose masks layers took off them.
  let unmaskedInputs: [Int]

  /// Records `body` on inputs of these types and compiles it.
  ///
  /// - Parameter keepingMasks: whether the outputs' masks are computed as well, for `callAsFunction`.
  static func trace(
    _ inputs: [TensorType], training: Bool?, keepingMasks: Bool = false,
    _ body: (Trace, [Tensor]) throws -> [Tensor]
  ) throws -> CompiledFunction {
    do {
      let trace = Trace(training: training)
      let outputs = try body(trace, inputs.map(trace.input))
      let masks = outputs.map { keepingMasks ? $0.mask : nil }
      let values = outputs + masks.compactMap { $0 }
      let (graph, updated) = try trace.finish(values)
      return try CompiledFunction(
        graph, outputCount: values.count, carriesMask: masks.map { $0 != nil }, trace: trace, updated: updated)
    } catch {
      throw KerasError(wrapping: error, subject: "model")
    }
  }

  private init(_ graph: Graph, outputCount: Int, carriesMask: [Bool], trace: Trace, updated: [Variable]) throws {
    self.carriesMask = carriesMask
    indexChecks = trace.indexChecks
    try MemoryLimit.check(graph.outputTypes, for: "a step's results")
    executable = try defaultExecutor.compile(graph)
    variables = try trace.variables.map { try $0.buffer() }
    unmaskedInputs = trace.unmaskedInputs
    outputTypes = Array(graph.outputTypes.prefix(outputCount))
    interfaceByteCount = graph.parameterTypes.prefix(graph.parameterTypes.count - variables.count)
      .reduce(outputTypes.reduce(0) { $0 + $1.byteCount }) { $0 + $1.byteCount }
    updatedBuffers = try updated.map { try $0.buffer() }
  }

  /// Computes into `results`, one buffer for each output.
  func run(_ inputs: [Buffer], into results: [Buffer]) throws {
    for check in indexChecks { try check(inputs) }
    do { try executable.run(inputs + variables, into: results + updatedBuffers) } catch {
      throw KerasError(wrapping: error, subject: "model")
    }
  }

  /// Computes into fresh memory.
  func run(_ inputs: [Buffer]) throws -> [Buffer] {
    let results = outputTypes.map(Buffer.init)
    try run(inputs, into: results)
    return results
  }

  /// Computes tensors with their masks.
  func callAsFunction(_ inputs: [Buffer]) throws -> [Tensor] {
    let results = try run(inputs).map { Tensor($0) }
    var masks = results.dropFirst(carriesMask.count).makeIterator()
    return zip(results, carriesMask).map { $1 ? $0.masked(by: masks.next()) : $0 }
  }
}
