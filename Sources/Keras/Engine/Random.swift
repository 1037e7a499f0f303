#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Graph
import Synchronization

/// The source of seeds for everything that was not given one.
public enum RandomSeed {
  private static let state = Mutex<Philox64?>(nil)

  /// Makes all random numbers of the program follow from one seed.
  public static func set(_ seed: Int) {
    state.withLock { $0 = Philox64(seed: UInt64(bitPattern: Int64(seed))) }
  }

  /// A seed: the next of the program's sequence, or from the system where none was set.
  static func next() -> UInt64 {
    state.withLock { generator in generator?.next() ?? UInt64.random(in: 0...UInt64.max) }
  }
}

/// A counter-based generator for use outside graphs: the stream depends on nothing but the seed.
struct Philox64: RandomNumberGenerator, Sendable {
  private let philox: Philox
  private var counter: UInt64 = 0
  private var spare: UInt64?

  init(seed: UInt64) {
    philox = Philox(key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
  }

  mutating func next() -> UInt64 {
    if let value = spare {
      spare = nil
      return value
    }
    let words = philox.block((UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), 0, 0))
    counter &+= 1
    spare = UInt64(words.2) | UInt64(words.3) << 32
    return UInt64(words.0) | UInt64(words.1) << 32
  }

  /// Uniform in [0, 1), 24 bits.
  mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }
}

func logarithm(_ x: Float) -> Float { logf(x) }
