import Graph
import Synchronization

/// A plan for some number of threads, with the frames that wait for its next runs.
final class FramePool: Sendable {
  let plan: Plan
  let threadCount: Int32
  private let arenaByteCount: Int
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
    arenaByteCount = plan.wholeArenaByteCount
    profiler = Profiler.isRequested ? Profiler(plan) : nil
  }

  func run(_ arguments: [Buffer], into results: [Buffer]) throws {
    let arena = try ArenaPool.shared.take(arenaByteCount)
    defer { ArenaPool.shared.giveBack(arena) }
    let frame = try takeFrame()
    defer { giveBack(frame) }
    frame.attach(arena.pointer)
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

  /// Keeps a frame for the next run, and no more of them than can run at a time.
  private func giveBack(_ frame: Frame) {
    idle.withLock { [frame = UncheckedFrame(frame: frame)] idle in
      if idle.frames.count < max(Int(threadCount), 8) { idle.frames.append(frame.frame) }
    }
  }
}
