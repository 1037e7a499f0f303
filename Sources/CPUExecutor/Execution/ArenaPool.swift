import Graph
import Synchronization

/// The arenas of all executables of the process. A run borrows one, so that there are as many as runs at a time, however
/// many shapes a program has seen.
final class ArenaPool: Sendable {
  static let shared = ArenaPool()

  private struct Idle {
    let arena: Arena
    let since: ContinuousClock.Instant
  }

  /// Up to so many bytes an arena serves any run; a larger one only those that fill a good part of it, so that one large
  /// run does not keep its memory for the sake of small ones.
  private static let smallByteCount = 16 << 20
  /// For how long an arena that no run borrows is kept; where all together hold much, for less.
  private static let (patience, shortPatience) = (Duration.seconds(30), Duration.seconds(1))
  private static let muchByteCount = 128 << 20

  /// The longest idle first.
  private let idle = Mutex<[Idle]>([])

  /// The bytes of the arenas that no run borrows.
  var idleByteCount: Int { idle.withLock { $0.reduce(0) { $0 + $1.arena.byteCount } } }

  /// An arena of at least so many bytes: of the idle ones the smallest that serves.
  func take(_ byteCount: Int) throws(GraphError) -> Arena {
    // Outgrown arenas are freed before the new one is made.
    let found = idle.withLock { idle -> Arena? in
      var best: Int?
      for (index, entry) in idle.enumerated() where ArenaPool.serves(entry.arena.byteCount, byteCount) {
        if best.map({ entry.arena.byteCount <= idle[$0].arena.byteCount }) ?? true { best = index }
      }
      if let best { return idle.remove(at: best).arena }
      let outgrown = idle.indices.filter { idle[$0].arena.byteCount < byteCount }
        .max { idle[$0].arena.byteCount < idle[$1].arena.byteCount }
      if let outgrown { idle.remove(at: outgrown) }
      return nil
    }
    if let found { return found }
    return try Arena(byteCount: byteCount)
  }

  private static func serves(_ size: Int, _ byteCount: Int) -> Bool {
    size >= byteCount && (size <= smallByteCount || size / 4 <= byteCount)
  }

  /// Takes an arena back, and frees those that no run has borrowed for long.
  func giveBack(_ arena: Arena) {
    let now = ContinuousClock.now
    idle.withLock { idle in
      idle.append(Idle(arena: arena, since: now))
      var total = idle.reduce(0) { $0 + $1.arena.byteCount }
      while let first = idle.first, idle.count > 1 {
        let patience = total > ArenaPool.muchByteCount ? ArenaPool.shortPatience : ArenaPool.patience
        guard first.since.duration(to: now) > patience else { break }
        total -= first.arena.byteCount
        idle.removeFirst()
      }
    }
  }

  func removeAll() { idle.withLock { $0.removeAll() } }
}
