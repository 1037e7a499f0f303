/// Reads text of variable length, which lies in collections of the global heap.
struct HDF5GlobalHeap {
  private let container: HDF5Container
  private let context: ErrorContext
  private var collections: [Int: [UInt32: ByteReader]] = [:]
  private var visits: HDF5Visits
  /// Many references may point to one text in a crafted file.
  private let textBudget: AllocationBudget

  init(_ container: HDF5Container, _ context: ErrorContext) {
    self.container = container
    self.context = context
    visits = container.visits(context)
    textBudget = AllocationBudget(limit: container.budget.remaining)
  }

  /// The text for a reference: its length, the address of a collection, and an index there.
  mutating func string(_ reference: ByteReader) throws(ModelFileError) -> String {
    var reference = reference
    let count = Int(try reference.readUInt32())
    let address = try container.readAddress(&reference)
    let index = try reference.readUInt32()
    guard count > 0, let address, address != 0 else { return "" }
    if collections[address] == nil { collections[address] = try readCollection(at: address) }
    guard var object = collections[address]?[index] else {
      throw context.malformed(expected: "text \(index) in the heap at \(address)", found: "none")
    }
    try textBudget.reserve(count, for: "text", in: context)
    let bytes = try object.readBytes(count)
    guard let text = String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self) else {
      throw context.malformed(expected: "text in UTF-8", found: "other bytes")
    }
    return text
  }

  private mutating func readCollection(at address: Int) throws(ModelFileError) -> [UInt32: ByteReader] {
    let headByteCount = 8 + container.lengthWidth
    var head = try container.reader(at: address, count: headByteCount, context)
    try head.expect("GCOL", "a global heap")
    guard try head.readUInt8() == 1 else {
      throw context.unsupported(expected: "global heap version 1", found: "another")
    }
    try head.skip(3)
    let count = try container.readLength(&head, "heap size")
    guard count >= headByteCount else {
      throw context.malformed(expected: "a heap of \(headByteCount) bytes or more", found: "\(count)")
    }
    try visits.enter(address, count: count)
    var reader = try container.reader(at: address, count: count, context)
    try reader.skip(headByteCount)
    var objects: [UInt32: ByteReader] = [:]
    let objectHeadByteCount = 8 + container.lengthWidth
    while reader.remaining >= objectHeadByteCount {
      let index = UInt32(try reader.readUInt16())
      try reader.skip(6)
      let byteCount = try container.readLength(&reader, "object size")
      if index == 0 { break }  // Free space, up to the end.
      objects[index] = try reader.readPart(byteCount)
      try reader.skip(min(reader.remaining, (8 - byteCount % 8) % 8))
    }
    return objects
  }
}
