/// A version 1 B-tree: the index of old-style groups and of chunks.
struct HDF5BTree1 {
  enum Kind {
    case group
    /// With the rank of the dataset.
    case chunks(Int)
  }

  private static let depthLimit = 32

  private let container: HDF5Container
  private let kind: Kind
  private let context: ErrorContext

  init(_ container: HDF5Container, _ kind: Kind, _ context: ErrorContext) {
    self.container = container
    self.kind = kind
    self.context = context
  }

  private var keyByteCount: Int {
    switch kind {
    case .group: container.lengthWidth
    case .chunks(let rank): 8 + 8 * (rank + 1)
    }
  }

  /// Calls `body` with the key and address of each child of the leaves, from left to right.
  func forEachLeafChild(
    at root: Int, _ body: (ByteReader, Int) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    var visits = container.visits(context)
    try walk(root, level: nil, &visits, body)
  }

  private func walk(
    _ address: Int, level expectedLevel: Int?, _ visits: inout HDF5Visits,
    _ body: (ByteReader, Int) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    let headByteCount = 8 + 2 * container.offsetWidth
    var head = try container.reader(at: address, count: headByteCount, context)
    try head.expect("TREE", "a B-tree node")
    let type = try head.readUInt8()
    let level = Int(try head.readUInt8())
    let count = Int(try head.readUInt16())
    let expectedType: UInt8 = if case .group = kind { 0 } else { 1 }
    guard type == expectedType, level <= HDF5BTree1.depthLimit, expectedLevel == nil || level == expectedLevel else {
      throw context.malformed(
        expected: "a B-tree node of type \(expectedType) and level \(expectedLevel.map(String.init) ?? "0 to 32")",
        found: "type \(type), level \(level)")
    }
    let entryByteCount = keyByteCount + container.offsetWidth
    try visits.enter(address, count: headByteCount + count * entryByteCount)
    var entries = try container.reader(at: address + headByteCount, count: count * entryByteCount, context)
    for _ in 0..<count {
      let key = try entries.readPart(keyByteCount)
      let child = try container.requireAddress(&entries, "a B-tree child")
      if level == 0 {
        try body(key, child)
      } else {
        try walk(child, level: level - 1, &visits, body)
      }
    }
  }
}
