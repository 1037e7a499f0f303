import Graph
import Synchronization

/// A graph compiled for the processor.
public final class CPUExecutable: Executable {
  let plan: Plan
  /// The bytes of intermediate memory that one run needs.
  public let arenaByteCount: Int
  /// The bytes that the executable itself holds, about.
  public let byteCount: Int
  private let idle: Mutex<FramePool>
  let profiler: Profiler?

  /// A box, so that frames may wait in a mutex.
  private struct FramePool: @unchecked Sendable {
    var frames: [Frame] = []
  }

  init(plan: Plan) {
    self.plan = plan
    arenaByteCount = plan.wholeArenaByteCount
    byteCount = plan.byteCount
    idle = Mutex(FramePool())
    profiler = Profiler.isRequested ? Profiler(plan) : nil
  }

  public var parameterTypes: [TensorType] { plan.graphInterface.parameterTypes }
  public var outputTypes: [TensorType] { plan.graphInterface.outputTypes }
  public var updates: [Int: Int] { plan.graphInterface.updates }

  public func run(_ arguments: [Buffer], into results: [Buffer]) throws {
    try verify(arguments, results)
    ThreadCount.apply()
    let arena = try ArenaPool.shared.take(arenaByteCount)
    defer { ArenaPool.shared.giveBack(arena) }
    let frame = try takeFrame()
    defer { giveBack(frame) }
    frame.attach(arena.pointer)
    frame.bind(arguments, results: results)
    if let profiler {
      try profiler.run(frame)
    } else {
      try frame.run()
    }
  }

  private struct UncheckedFrame: @unchecked Sendable {
    let frame: Frame
  }

  private func takeFrame() throws -> Frame {
    let waiting = idle.withLock { pool in pool.frames.popLast().map { UncheckedFrame(frame: $0) } }
    return try waiting?.frame ?? Frame(plan)
  }

  /// Keeps a frame for the next run, and no more of them than can run at a time.
  private func giveBack(_ frame: Frame) {
    idle.withLock { [frame = UncheckedFrame(frame: frame)] pool in
      if pool.frames.count < max(Int(ThreadCount.current), 8) { pool.frames.append(frame.frame) }
    }
  }

  private func verify(_ arguments: [Buffer], _ results: [Buffer]) throws(GraphError) {
    let interface = plan.graphInterface
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
