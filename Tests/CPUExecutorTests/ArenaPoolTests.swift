import Testing

@testable import CPUExecutor

/// Arenas are shared by all executables.
@Suite struct ArenaPoolTests {
  @Test func runsOneAfterTheOtherShareOneArena() throws {
    let pool = ArenaPool()
    for size in [1 << 20, 3 << 20, 2 << 20, 40 << 20, 20 << 20, 64, 39 << 20] {
      let arena = try pool.take(size)
      #expect(arena.byteCount >= size)
      #expect(Int(bitPattern: arena.pointer) % 4096 == 0)
      arena.pointer.storeBytes(of: 1, toByteOffset: arena.byteCount - 1, as: UInt8.self)
      pool.giveBack(arena)
    }
    // What small runs use, and the largest.
    #expect(pool.idleByteCount <= 43 << 20)
    pool.removeAll()
    #expect(pool.idleByteCount == 0)
  }

  @Test func eachRunAtATimeHasItsOwn() throws {
    let pool = ArenaPool()
    let arenas = try (0..<4).map { _ in try pool.take(1000) }
    #expect(Set(arenas.map { $0.pointer }).count == 4)
    for arena in arenas { pool.giveBack(arena) }
    let again = try (0..<4).map { _ in try pool.take(1000) }
    #expect(Set(again.map { $0.pointer }) == Set(arenas.map { $0.pointer }))
  }

  @Test func aLargeArenaDoesNotServeSmallRuns() throws {
    let pool = ArenaPool()
    let large = try pool.take(200 << 20)
    pool.giveBack(large)
    let small = try pool.take(1000)
    #expect(small !== large)
    #expect(try pool.take(60 << 20) === large)
  }
}
