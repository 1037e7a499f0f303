import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What one step of an executable cost, over all runs.
public struct StepProfile: Sendable {
  public var name: String
  public var scope: String
  public var runs: Int
  public var nanoseconds: Int
}

/// Times every step; in use where the environment sets `KERAS_PROFILE`.
final class Profiler: Sendable {
  static let isRequested = getenv("KERAS_PROFILE") != nil

  private let profiles: Mutex<[StepProfile]>

  init(_ plan: Plan) {
    profiles = Mutex(plan.steps.map { StepProfile(name: $0.name, scope: $0.scope, runs: 0, nanoseconds: 0) })
  }

  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  func run(_ frame: Frame) throws {
    frame.memoryGuard?.begin()
    for index in frame.plan.steps.indices {
      let start = Self.now()
      try frame.step(index)
      let elapsed = Self.now() - start
      profiles.withLock {
        $0[index].runs += 1
        $0[index].nanoseconds += elapsed
      }
    }
  }

  /// The steps, the dearest first.
  var report: [StepProfile] { profiles.withLock { $0 }.sorted { $0.nanoseconds > $1.nanoseconds } }
}

extension CPUExecutable {
  /// What each step cost so far, the dearest first; empty unless the environment variable `KERAS_PROFILE` was set when
  /// the graph was compiled.
  public var profile: [StepProfile] { usual.profiler?.report ?? [] }
}
