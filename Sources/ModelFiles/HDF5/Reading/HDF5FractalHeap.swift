/// A fractal heap: where newer groups keep many links, and objects many or large attributes.
struct HDF5FractalHeap {
  private static let depthLimit = 16

  private let container: HDF5Container
  private let context: ErrorContext
  private let address: Int
  private let hasBlockChecksums: Bool
  private let identifierByteCount: Int
  private let managedLimit: Int
  private let hugeTreeAddress: Int?
  private let tableWidth: Int
  private let startExponent: Int
  private let maximumDirectExponent: Int
  private let offsetBitCount: Int
  private let rootAddress: Int?
  private let rootRowCount: Int
  /// Blocks read so far; each is read and checked once however many objects it holds.
  private var blocks: [Int: [UInt8]] = [:]
  private var visits: HDF5Visits
  private var hugeObjects: [UInt64: (address: Int, count: Int)]?
  /// Objects may overlap in a crafted file; together they must stay within what the file could hold.
  private let objectBudget: AllocationBudget

  init(_ container: HDF5Container, at address: Int, _ context: ErrorContext) throws(ModelFileError) {
    self.container = container
    self.context = context
    self.address = address
    visits = container.visits(context)
    objectBudget = AllocationBudget(limit: container.budget.remaining)
    let offsetWidth = container.offsetWidth
    let lengthWidth = container.lengthWidth
    let count = 26 + 12 * lengthWidth + 3 * offsetWidth
    var reader = try container.checkedBlock(at: address, count: count, context)
    try reader.expect("FRHP", "a fractal heap")
    let version = try reader.readUInt8()
    identifierByteCount = Int(try reader.readUInt16())
    let filterByteCount = try reader.readUInt16()
    hasBlockChecksums = try reader.readUInt8() & 2 != 0
    guard version == 0, filterByteCount == 0 else {
      throw context.unsupported(
        expected: "a fractal heap of version 0 without filters", found: "version \(version), \(filterByteCount) bytes")
    }
    managedLimit = Int(try reader.readUInt32())
    try reader.skip(lengthWidth)
    hugeTreeAddress = try container.readAddress(&reader)
    // Free space and statistics.
    try reader.skip(lengthWidth + offsetWidth + 8 * lengthWidth)
    tableWidth = Int(try reader.readUInt16())
    let start = try container.readLength(&reader, "block size")
    let maximumDirect = try container.readLength(&reader, "block size")
    offsetBitCount = Int(try reader.readUInt16())
    try reader.skip(2)
    rootAddress = try container.readAddress(&reader)
    rootRowCount = Int(try reader.readUInt16())
    guard let startExponent = start.powerOfTwoExponent, let maximumDirectExponent = maximumDirect.powerOfTwoExponent,
      startExponent <= maximumDirectExponent, maximumDirectExponent < 32, (1...62).contains(offsetBitCount),
      tableWidth.powerOfTwoExponent != nil, identifierByteCount > 1
    else {
      throw context.malformed(expected: "a usable fractal heap", found: "blocks of \(start) to \(maximumDirect) bytes")
    }
    self.startExponent = startExponent
    self.maximumDirectExponent = maximumDirectExponent
  }

  /// The object that a heap identifier stands for.
  mutating func object(_ identifier: [UInt8]) throws(ModelFileError) -> ByteReader {
    var reader = ByteReader(identifier, context: context)
    let first = try reader.readUInt8()
    guard first >> 6 == 0, identifier.count >= identifierByteCount else {
      throw context.unsupported(expected: "heap identifiers of version 0", found: "version \(first >> 6)")
    }
    switch first >> 4 & 3 {
    case 0:
      let offset = try reader.readCount(width: (offsetBitCount + 7) / 8, "heap offset")
      let lengthWidth = min((maximumDirectExponent + 7) / 8, managedLimit.encodedByteCount)
      let count = try reader.readCount(width: lengthWidth, "object size")
      return try managedObject(at: offset, count: count)
    case 1:
      return try hugeObject(&reader)
    case 2:
      // Longer identifiers have a second byte of length.
      let isExtended = identifierByteCount > 17
      let low = isExtended ? Int(try reader.readUInt8()) : 0
      let count = isExtended ? Int(first & 15) << 8 | low : Int(first & 15)
      return try reader.readPart(count + 1)
    default:
      throw context.malformed(expected: "a known kind of heap identifier", found: "\(first >> 4 & 3)")
    }
  }

  private mutating func managedObject(at offset: Int, count: Int) throws(ModelFileError) -> ByteReader {
    guard let rootAddress else {
      throw context.malformed(expected: "a heap with objects", found: "an empty one")
    }
    try objectBudget.reserve(count, for: "a heap object", in: context)
    if rootRowCount == 0 {
      return try object(at: offset, count: count, inBlock: rootAddress, start: 0, exponent: startExponent)
    }
    var block = rootAddress
    var blockStart = 0
    var rowCount = rootRowCount
    for _ in 0..<HDF5FractalHeap.depthLimit {
      let place = try locate(offset - blockStart, rowCount: rowCount)
      let child = try childAddress(ofBlock: block, start: blockStart, rowCount: rowCount, index: place.index)
      blockStart += place.start
      if place.exponent <= maximumDirectExponent {
        return try object(at: offset, count: count, inBlock: child, start: blockStart, exponent: place.exponent)
      }
      guard let widthExponent = tableWidth.powerOfTwoExponent else { break }
      block = child
      rowCount = place.exponent - startExponent - widthExponent + 1
    }
    throw context.malformed(expected: "a heap of few levels", found: "offset \(offset) deeper down")
  }

  /// Which child of an indirect block covers `offset`, where that child starts, and the exponent of its size.
  private func locate(
    _ offset: Int, rowCount: Int
  ) throws(ModelFileError) -> (index: Int, start: Int, exponent: Int) {
    var rowStart = 0
    for row in 0..<max(0, rowCount) {
      // Rows 0 and 1 have blocks of the starting size; then sizes double.
      let exponent = startExponent + max(0, row - 1)
      guard exponent < 46 else { break }
      let rowByteCount = tableWidth << exponent
      if offset >= rowStart, offset - rowStart < rowByteCount {
        let column = (offset - rowStart) >> exponent
        return (row * tableWidth + column, rowStart + column << exponent, exponent)
      }
      rowStart += rowByteCount
    }
    throw context.malformed(expected: "a heap offset in \(rowCount) rows", found: "\(offset)")
  }

  private var blockHeadByteCount: Int { 5 + container.offsetWidth + (offsetBitCount + 7) / 8 }

  private mutating func childAddress(
    ofBlock address: Int, start: Int, rowCount: Int, index: Int
  ) throws(ModelFileError) -> Int {
    let entryCount = rowCount * tableWidth
    let count = blockHeadByteCount + entryCount * container.offsetWidth + 4
    if blocks[address] == nil {
      try visits.enter(address, count: count)
      var reader = try container.checkedBlock(at: address, count: count, context)
      try checkHead(&reader, "FHIB", start)
      blocks[address] = reader.readRest()
    }
    var entries = ByteReader(blocks[address] ?? [], context: context)
    try entries.skip(index * container.offsetWidth)
    return try container.requireAddress(&entries, "a heap block")
  }

  private mutating func object(
    at offset: Int, count: Int, inBlock address: Int, start: Int, exponent: Int
  ) throws(ModelFileError) -> ByteReader {
    if blocks[address] == nil {
      let byteCount = 1 << exponent
      try visits.enter(address, count: byteCount)
      var reader = try container.reader(at: address, count: byteCount, context)
      let bytes = reader.readRest()
      reader = ByteReader(bytes, context: context)
      try checkHead(&reader, "FHDB", start)
      if hasBlockChecksums {
        let position = reader.position
        // The checksum counts itself as zeros.
        var zeroed = bytes
        let checksum = try reader.readUInt32()
        zeroed.replaceSubrange(position..<position + 4, with: [0, 0, 0, 0])
        try container.verify(checksum, of: zeroed, context)
      }
      blocks[address] = bytes
    }
    var block = ByteReader(blocks[address] ?? [], context: context)
    guard offset >= start else { throw context.malformed(expected: "an offset from \(start)", found: "\(offset)") }
    try block.skip(offset - start)
    return try block.readPart(count)
  }

  private func checkHead(
    _ reader: inout ByteReader, _ signature: StaticString, _ start: Int
  ) throws(ModelFileError) {
    try reader.expect(signature, "a heap block")
    try reader.skip(1)
    let heapAddress = try container.readAddress(&reader)
    let found = try reader.readCount(width: (offsetBitCount + 7) / 8, "heap offset")
    guard heapAddress == address, found == start else {
      throw context.malformed(expected: "a block of this heap at offset \(start)", found: "one at \(found)")
    }
  }

  /// Objects too large for a block lie in the file by themselves.
  private mutating func hugeObject(_ reader: inout ByteReader) throws(ModelFileError) -> ByteReader {
    let directByteCount = container.offsetWidth + container.lengthWidth
    if directByteCount <= identifierByteCount - 1 {
      let address = try container.requireAddress(&reader, "a large heap object")
      return try largeObject(at: address, count: container.readLength(&reader, "object size"))
    }
    let key = try reader.readUnsigned(width: min(identifierByteCount - 1, container.lengthWidth))
    if hugeObjects == nil { hugeObjects = try readHugeObjects() }
    guard let place = hugeObjects?[key] else {
      throw context.malformed(expected: "large heap object \(key)", found: "none")
    }
    return try largeObject(at: place.address, count: place.count)
  }

  private func largeObject(at address: Int, count: Int) throws(ModelFileError) -> ByteReader {
    try objectBudget.reserve(count, for: "a heap object", in: context)
    return try container.reader(at: address, count: count, context)
  }

  private func readHugeObjects() throws(ModelFileError) -> [UInt64: (address: Int, count: Int)] {
    guard let hugeTreeAddress else { return [:] }
    var result: [UInt64: (address: Int, count: Int)] = [:]
    for record in try HDF5BTree2(container, at: hugeTreeAddress, type: .hugeObjects, context).records() {
      var record = record
      let address = try container.requireAddress(&record, "a large heap object")
      let count = try container.readLength(&record, "object size")
      result[try record.readUnsigned(width: container.lengthWidth)] = (address, count)
    }
    return result
  }
}
