import Graph
import Synchronization

/// A plan for some number of threads, with the frames that wait for its next runs.
final class FramePool: Sendable {
  let plan: Plan
  let threadCount: Int32
  let profiler: Profiler?
  private let idle = Mutex(Idle())

  /// A box, so that frames may wait in a mutex.
  private struct Idle: @unchecked Sendable {
    var frames: [Frame] = []
  }

  private struct UncheckedFrame: @unchecked Sendable {
    let frame: Frame
  }

  init(_ plan: Plan, threadCount: Int32) {
    self.plan = plan
    self.threadCount = threadCount
    profiler = Profiler.isRequested ? Profiler(plan) : nil
  }

  func run(_ arguments: [Buffer], into results: [Buffer]) throws {
    let frame = try takeFrame()
    defer { idle.withLock { [frame = UncheckedFrame(frame: frame)] in $0.frames.append(frame.frame) } }
    guard let memoryGuard = frame.memoryGuard else {
      frame.bind(arguments, results: results)
      return try run(frame)
    }
    let (copies, room) = memoryGuard.enter(arguments, results)
    frame.bind(copies, results: room)
    try run(frame)
    try memoryGuard.leave(arguments, results)
  }

  private func run(_ frame: Frame) throws {
    if let profiler {
      try profiler.run(frame)
    } else {
      try frame.run()
    }
  }

  private func takeFrame() throws -> Frame {
    let waiting = idle.withLock { pool in pool.frames.popLast().map { UncheckedFrame(frame: $0) } }
    return try waiting?.frame ?? Frame(plan)
  }
}
