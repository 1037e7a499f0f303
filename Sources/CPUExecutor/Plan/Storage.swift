/// Where a value's first byte lies: an offset into a block of memory that a run knows.
struct Location: Hashable, Sendable {
  var storage: Int
  var byteOffset: Int = 0
}

/// A block of memory.
struct Storage: Sendable {
  enum Kind: Hashable, Sendable {
    case argument(Int)
    case result(Int)
    /// An offset into the plan's constants.
    case constant(Int)
    /// Part of the arena, shared with blocks that are not alive at the same time.
    case temporary
  }

  var kind: Kind
  var byteCount: Int
  /// The steps between which the block holds something.
  var firstStep = Int.max
  var lastStep = -1
  /// Its place in the arena, once laid out.
  var arenaOffset = 0
}
