/// A version 2 B-tree: the index of newer groups, attributes and chunks.
struct HDF5BTree2 {
  enum RecordType: UInt8 {
    case hugeObjects = 1
    case linkNames = 5
    case attributeNames = 8
    case chunks = 10
    case filteredChunks = 11
  }

  private static let depthLimit = 32
  private static let headByteCount = 6
  private static let overhead = 10

  /// The bytes of one record.
  let recordByteCount: Int
  private let container: HDF5Container
  private let context: ErrorContext
  private let type: RecordType
  private let nodeByteCount: Int
  private let depth: Int
  private let root: Int?
  private let rootCount: Int
  private let totalCount: Int

  init(
    _ container: HDF5Container, at address: Int, type: RecordType, _ context: ErrorContext
  ) throws(ModelFileError) {
    self.container = container
    self.context = context
    self.type = type
    let count = 22 + container.offsetWidth + container.lengthWidth
    var reader = try container.checkedBlock(at: address, count: count, context)
    try reader.expect("BTHD", "a B-tree")
    let version = try reader.readUInt8()
    let found = try reader.readUInt8()
    guard version == 0, found == type.rawValue else {
      throw context.malformed(
        expected: "a B-tree of version 0 with records of type \(type.rawValue)",
        found: "version \(version), type \(found)")
    }
    nodeByteCount = Int(try reader.readUInt32())
    recordByteCount = Int(try reader.readUInt16())
    depth = Int(try reader.readUInt16())
    try reader.skip(2)
    root = try container.readAddress(&reader)
    rootCount = Int(try reader.readUInt16())
    totalCount = try container.readLength(&reader, "record count")
    guard recordByteCount > 0, nodeByteCount > HDF5BTree2.overhead, depth <= HDF5BTree2.depthLimit else {
      throw context.malformed(
        expected: "a usable B-tree", found: "nodes of \(nodeByteCount) bytes, depth \(depth)")
    }
  }

  /// All records in the order of their keys.
  func records() throws(ModelFileError) -> [ByteReader] {
    guard let root else { return [] }
    var records: [ByteReader] = []
    var visits = container.visits(context)
    try walk(root, count: rootCount, depth: depth, layout: layout(), &visits, &records)
    guard records.count == totalCount else {
      throw context.malformed(expected: "\(totalCount) records", found: "\(records.count)")
    }
    return records
  }

  /// The widths of the counts in the pointers of inner nodes, by depth, which follow from how much a node can hold.
  private struct Layout {
    var recordCountWidth = 0
    var totalCountWidths: [Int] = []
  }

  private func layout() -> Layout {
    let leafCapacity = (nodeByteCount - HDF5BTree2.overhead) / recordByteCount
    var layout = Layout(recordCountWidth: leafCapacity.encodedByteCount, totalCountWidths: [0])
    var totalCapacity = leafCapacity
    for depth in 1..<max(2, self.depth + 1) {
      let pointer = container.offsetWidth + layout.recordCountWidth + layout.totalCountWidths[depth - 1]
      let capacity = max(0, nodeByteCount - HDF5BTree2.overhead - pointer) / (recordByteCount + pointer)
      // Saturates: what does not fit 64 bits is written in 8 bytes all the same.
      let (product, overflow) = (capacity + 1).multipliedReportingOverflow(by: totalCapacity)
      let (sum, sumOverflow) = product.addingReportingOverflow(capacity)
      totalCapacity = overflow || sumOverflow ? Int.max : sum
      layout.totalCountWidths.append(totalCapacity.encodedByteCount)
    }
    return layout
  }

  private func walk(
    _ address: Int, count: Int, depth: Int, layout: Layout, _ visits: inout HDF5Visits, _ records: inout [ByteReader]
  ) throws(ModelFileError) {
    let recordsByteCount = count * recordByteCount
    let countWidths = depth > 0 ? layout.recordCountWidth + layout.totalCountWidths[depth - 1] : 0
    let pointersByteCount = depth > 0 ? (count + 1) * (container.offsetWidth + countWidths) : 0
    let used = HDF5BTree2.overhead + recordsByteCount + pointersByteCount
    guard used <= nodeByteCount else {
      throw context.malformed(expected: "a node of \(nodeByteCount) bytes", found: "\(used) bytes in it")
    }
    try visits.enter(address, count: used)
    var reader = try container.checkedBlock(at: address, count: used, context)
    try reader.expect(depth > 0 ? "BTIN" : "BTLF", "a B-tree node")
    let version = try reader.readUInt8()
    let found = try reader.readUInt8()
    guard version == 0, found == type.rawValue else {
      throw context.malformed(expected: "a node of type \(type.rawValue)", found: "version \(version), type \(found)")
    }
    var own: [ByteReader] = []
    for _ in 0..<count { own.append(try reader.readPart(recordByteCount)) }
    guard depth > 0 else {
      records += own
      return
    }
    for index in 0...count {
      let child = try container.requireAddress(&reader, "a B-tree child")
      let childCount = try reader.readCount(width: layout.recordCountWidth, "record count")
      try reader.skip(layout.totalCountWidths[depth - 1])
      try walk(child, count: childCount, depth: depth - 1, layout: layout, &visits, &records)
      if index < count { records.append(own[index]) }
    }
  }
}

extension Int {
  /// The bytes that HDF5 uses for numbers up to this one.
  var encodedByteCount: Int {
    self <= 0 ? 1 : (Int.bitWidth - leadingZeroBitCount - 1) / 8 + 1
  }

  /// The base-2 logarithm of a power of two, or nil for any other number.
  var powerOfTwoExponent: Int? {
    self > 0 && self & (self - 1) == 0 ? trailingZeroBitCount : nil
  }
}
