/// Philox4x32-10, the counter-based random generator of Salmon et al. ("Parallel random numbers: as easy as 1, 2, 3",
/// 2011): the reference for `Op.randomBits` on every executor.
///
/// Element `i` of `randomBits` is word `i % 4` of the block whose counter is (low 32 bits of `i / 4`, high 32 bits of
/// `i / 4`, 0, 0).
public struct Philox: Sendable {
  public typealias Block = (UInt32, UInt32, UInt32, UInt32)

  public let key: (UInt32, UInt32)

  public init(key: (UInt32, UInt32)) { self.key = key }

  /// The four words of a counter: ten rounds of two 32×32→64 products each.
  public func block(_ counter: Block) -> Block {
    var (words, key) = (counter, key)
    for _ in 0..<10 {
      let first = words.0.multipliedFullWidth(by: 0xd251_1f53)
      let second = words.2.multipliedFullWidth(by: 0xcd9e_8d57)
      words = (second.high ^ words.1 ^ key.0, second.low, first.high ^ words.3 ^ key.1, first.low)
      key = (key.0 &+ 0x9e37_79b9, key.1 &+ 0xbb67_ae85)
    }
    return words
  }

  /// Element `index` of `randomBits`.
  public func word(_ index: UInt64) -> UInt32 {
    let counter = index / 4
    let words = block((UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), 0, 0))
    return switch index % 4 {
    case 0: words.0
    case 1: words.1
    case 2: words.2
    default: words.3
    }
  }
}
