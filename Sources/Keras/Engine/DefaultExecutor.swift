import CPUExecutor
import Graph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The executor that compiles all steps: the CPU's, or with `KERAS_EXECUTOR=interpreter` the slow reference, to tell
/// whether a wrong number comes from an executor or from a layer.
let defaultExecutor: any Executor =
  getenv("KERAS_EXECUTOR").map { String(cString: $0) } == "interpreter" ? Interpreter() : CPUExecutor()
