import Graph
import Synchronization

/// A graph compiled for the processor.
public final class CPUExecutable: Executable {
  private let graph: Graph
  private let options: LoweringOptions
  private let interface: Plan.Interface
  /// The bytes of intermediate memory that one run needs.
  public let arenaByteCount: Int
  /// The bytes that the executable itself holds, about.
  public let byteCount: Int
  /// The plan for the threads of the call that compiled it.
  let usual: FramePool
  /// Those for calls that have fewer threads, such as from inside a parallel region of the program.
  private let others = Mutex<[Int32: FramePool]>([:])

  init(_ graph: Graph, _ options: LoweringOptions) throws {
    (self.graph, self.options) = (graph, options)
    usual = try ThreadTeam.run { try FramePool(Lowering.plan(graph, options), threadCount: $0) }
    interface = usual.plan.graphInterface
    arenaByteCount = usual.plan.wholeArenaByteCount
    byteCount = usual.plan.byteCount
  }

  public var parameterTypes: [TensorType] { interface.parameterTypes }
  public var outputTypes: [TensorType] { interface.outputTypes }
  public var updates: [Int: Int] { interface.updates }

  public func run(_ arguments: [Buffer], into results: [Buffer]) throws {
    try verify(arguments, results)
    try ThreadTeam.run { try pool(for: $0).run(arguments, into: results) }
  }

  /// oneDNN's primitives are made for a number of threads, and are wrong with another.
  private func pool(for threadCount: Int32) throws -> FramePool {
    if threadCount == usual.threadCount { return usual }
    if let known = others.withLock({ $0[threadCount] }) { return known }
    let pool = FramePool(try Lowering.plan(graph, options), threadCount: threadCount)
    return others.withLock { pools in
      if let known = pools[threadCount] { return known }
      pools[threadCount] = pool
      return pool
    }
  }

  private func verify(_ arguments: [Buffer], _ results: [Buffer]) throws(GraphError) {
    guard arguments.count == interface.parameterTypes.count else {
      throw GraphError("run", "takes \(interface.parameterTypes.count) arguments, \(arguments.count) were given")
    }
    guard results.count == interface.outputTypes.count else {
      throw GraphError("run", "gives \(interface.outputTypes.count) results, room for \(results.count) was given")
    }
    for position in arguments.indices where arguments[position].type != interface.parameterTypes[position] {
      throw GraphError(
        "run",
        "argument \(position) must be \(interface.parameterTypes[position]), found \(arguments[position].type)")
    }
    for position in results.indices where results[position].type != interface.outputTypes[position] {
      throw GraphError(
        "run", "result \(position) must be \(interface.outputTypes[position]), found \(results[position].type)")
    }
    for (output, parameter) in interface.updates where results[output].pointer != arguments[parameter].pointer {
      throw GraphError("run", "result \(output) must be argument \(parameter), which it replaces")
    }
  }
}
