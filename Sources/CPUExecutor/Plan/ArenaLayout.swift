/// Gives blocks with known lifetimes their places in one arena.
enum ArenaLayout {
  static let alignment = 64

  static func aligned(_ byteCount: Int) -> Int { (byteCount + alignment - 1) / alignment * alignment }

  /// Places the temporary blocks, the largest first, each in the smallest gap between those alive at the same time.
  ///
  /// - Parameter fence: bytes that stay free on both sides of each block.
  /// - Returns: the arena's size.
  static func assign(_ storages: inout [Storage], fence: Int) -> Int {
    let order = storages.indices.filter { storages[$0].kind == .temporary && storages[$0].lastStep >= 0 }
      .sorted { (storages[$0].byteCount, $1) > (storages[$1].byteCount, $0) }
    var placed: [(first: Int, last: Int, offset: Int, end: Int)] = []
    var total = 0
    for index in order {
      let block = storages[index]
      let size = aligned(Swift.max(block.byteCount, 1)) + 2 * fence
      var (best, bestGap, cursor) = (-1, Int.max, 0)
      for other in placed where other.first <= block.lastStep && block.firstStep <= other.last {
        let gap = other.offset - cursor
        if gap >= size && gap < bestGap { (best, bestGap) = (cursor, gap) }
        cursor = Swift.max(cursor, other.end)
      }
      let offset = best >= 0 ? best : cursor
      storages[index].arenaOffset = offset + fence
      total = Swift.max(total, offset + size)
      let entry = (block.firstStep, block.lastStep, offset, offset + size)
      placed.insert(entry, at: placed.insertionIndex(of: offset))
    }
    return total
  }
}

extension [(first: Int, last: Int, offset: Int, end: Int)] {
  fileprivate func insertionIndex(of offset: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
