import CKernels
import Graph

/// Runs graphs on the processor: oneDNN primitives and fused kernels over one block of memory planned in advance.
public struct CPUExecutor: Executor {
  /// `nil`: what the processor has, which is asked only for graphs that hold such numbers.
  private let bfloat16: BFloat16Support?
  private let isPoisoned: Bool

  public init() { self.init(bfloat16: nil) }

  /// - Parameters:
  ///   - bfloat16: what is not widened to f32 although it is in `bfloat16`.
  ///   - isPoisoned: whether each run starts on garbage and each step is checked for writes outside its memory.
  init(bfloat16: BFloat16Support? = nil, isPoisoned: Bool = MemoryGuard.isRequested) {
    self.bfloat16 = bfloat16
    self.isPoisoned = isPoisoned
  }

  /// Plans a graph once; the result runs it any number of times, on any number of threads.
  ///
  /// - Throws: `GraphError` where oneDNN is missing or older than version 3, or the graph is malformed.
  public func compile(_ graph: Graph) throws -> any Executable {
    try compileExecutable(graph)
  }

  /// `compile`, with the concrete type: it can also report where the time goes.
  public func compileExecutable(_ graph: Graph) throws -> CPUExecutable {
    let options = LoweringOptions(
      bfloat16: bfloat16 ?? (graph.holdsBFloat16 ? .ofProcessor : .none),
      fenceByteCount: isPoisoned ? Fence.byteCount : 0)
    return try CPUExecutable(graph, options)
  }

  /// Frees what is kept for executables yet to run: memory for intermediate values, and oneDNN's compiled operations
  /// that no executable uses.
  public static func releaseMemory() {
    ArenaPool.shared.removeAll()
    PrimitiveCache.removeAll()
    returnFreedMemory()
  }

  /// Gives memory that is free already, but that the C library keeps, back to the system.
  public static func returnFreedMemory() { ck_trim_memory() }
}

extension Graph {
  fileprivate var holdsBFloat16: Bool {
    nodes.contains { node in
      node.types.contains { $0.dtype == .bfloat16 } || node.op.bodies.contains(where: \.holdsBFloat16)
    }
  }
}
