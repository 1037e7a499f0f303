import CKernels
import Graph

/// Runs graphs on the processor: oneDNN primitives and fused kernels over one block of memory planned in advance.
public struct CPUExecutor: Executor {
  private let bfloat16: BFloat16Support

  public init() { self.init(bfloat16: .ofProcessor) }

  /// An executor that widens to f32 what is not in `bfloat16`.
  init(bfloat16: BFloat16Support) { self.bfloat16 = bfloat16 }

  /// Plans a graph once; the result runs it any number of times, on any number of threads.
  ///
  /// - Throws: `GraphError` where oneDNN is missing or older than version 3, or the graph is malformed.
  public func compile(_ graph: Graph) throws -> any Executable {
    try compileExecutable(graph)
  }

  /// `compile`, with the concrete type: it can also report where the time goes.
  public func compileExecutable(_ graph: Graph) throws -> CPUExecutable {
    ThreadCount.apply()
    return CPUExecutable(plan: try Lowering.plan(graph, bfloat16))
  }
}
