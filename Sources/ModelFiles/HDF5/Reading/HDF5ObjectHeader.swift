/// One message of an object header.
struct HDF5Message {
  enum Kind: UInt16 {
    case null = 0x00
    case dataspace = 0x01
    case linkInfo = 0x02
    case datatype = 0x03
    case oldFillValue = 0x04
    case fillValue = 0x05
    case link = 0x06
    case externalFiles = 0x07
    case layout = 0x08
    case groupInfo = 0x0A
    case filters = 0x0B
    case attribute = 0x0C
    case continuation = 0x10
    case symbolTable = 0x11
    case attributeInfo = 0x15
  }

  let kind: Kind
  /// Whether the body only says where the message itself lies.
  let isShared: Bool
  let body: ByteReader
}

/// The messages that describe a group, dataset or datatype, versions 1 and 2, with all continuation blocks.
struct HDF5ObjectHeader {
  let address: Int
  private(set) var messages: [HDF5Message] = []
  private let container: HDF5Container
  private let context: ErrorContext
  private var visits: HDF5Visits
  private var pending: [(address: Int, count: Int)] = []

  init(_ container: HDF5Container, at address: Int, _ context: ErrorContext) throws(ModelFileError) {
    self.container = container
    self.address = address
    self.context = context
    visits = container.visits(context)
    var start = try container.reader(at: address, count: 4, context)
    if try start.readBytes(4) == Array("OHDR".utf8) {
      try readVersion2()
    } else {
      try readVersion1()
    }
  }

  func first(_ kind: HDF5Message.Kind) throws(ModelFileError) -> ByteReader? {
    for message in messages where message.kind == kind {
      return try resolved(message)
    }
    return nil
  }

  func all(_ kind: HDF5Message.Kind) throws(ModelFileError) -> [ByteReader] {
    var result: [ByteReader] = []
    for message in messages where message.kind == kind {
      result.append(try resolved(message))
    }
    return result
  }

  func contains(_ kind: HDF5Message.Kind) -> Bool {
    messages.contains { $0.kind == kind }
  }

  private func resolved(_ message: HDF5Message) throws(ModelFileError) -> ByteReader {
    guard message.isShared else { return message.body }
    return try container.sharedMessage(message.kind, message.body)
  }

  private mutating func readVersion1() throws(ModelFileError) {
    var prefix = try container.reader(at: address, count: 16, context)
    let version = try prefix.readUInt8()
    guard version == 1 else {
      throw context.malformed(expected: "an object header of version 1 or 2", found: "\(version)")
    }
    try prefix.skip(7)
    pending = [(address + 16, Int(try prefix.readUInt32()))]
    while let block = pending.popLast() {
      try visits.enter(block.address, count: block.count)
      var reader = try container.reader(at: block.address, count: block.count, context)
      // What is left at the end of a block may be too short for a message.
      while reader.remaining >= 8 {
        let type = try reader.readUInt16()
        let count = Int(try reader.readUInt16())
        let flags = try reader.readUInt8()
        try reader.skip(3)
        try add(type, flags, reader.readPart(count))
      }
    }
  }

  private mutating func readVersion2() throws(ModelFileError) {
    var prefix = try container.reader(at: address, count: min(64, container.source.count - address), context)
    try prefix.skip(4)
    let version = try prefix.readUInt8()
    guard version == 2 else {
      throw context.malformed(expected: "an object header of version 1 or 2", found: "\(version)")
    }
    let flags = try prefix.readUInt8()
    if flags & 0x20 != 0 { try prefix.skip(16) }
    if flags & 0x10 != 0 { try prefix.skip(4) }
    let count = try prefix.readCount(width: 1 << Int(flags & 3), "size")
    let tracksOrder = flags & 0x04 != 0

    let (total, overflow) = count.addingReportingOverflow(prefix.position + 4)
    guard !overflow else { throw context.malformed(expected: "a possible size", found: "\(count)") }
    try visits.enter(address, count: total)
    var first = try container.checkedBlock(at: address, count: total, context)
    try first.skip(prefix.position)
    try readVersion2Messages(&first, tracksOrder: tracksOrder)
    while let block = pending.popLast() {
      try visits.enter(block.address, count: block.count)
      var reader = try container.checkedBlock(at: block.address, count: block.count, context)
      try reader.expect("OCHK", "a continuation block")
      try readVersion2Messages(&reader, tracksOrder: tracksOrder)
    }
  }

  private mutating func readVersion2Messages(
    _ reader: inout ByteReader, tracksOrder: Bool
  ) throws(ModelFileError) {
    while reader.remaining >= (tracksOrder ? 6 : 4) {
      let type = UInt16(try reader.readUInt8())
      let count = Int(try reader.readUInt16())
      let flags = try reader.readUInt8()
      if tracksOrder { try reader.skip(2) }
      try add(type, flags, reader.readPart(count))
    }
  }

  private mutating func add(_ type: UInt16, _ flags: UInt8, _ body: ByteReader) throws(ModelFileError) {
    guard let kind = HDF5Message.Kind(rawValue: type) else {
      // Bit 7: whoever does not know the message must not read the object.
      if flags & 0x80 != 0 {
        throw context.unsupported(expected: "known header messages", found: "one of type \(type)")
      }
      return
    }
    switch kind {
    case .null: break
    case .continuation:
      var body = body
      let address = try container.requireAddress(&body, "a continuation block")
      pending.insert((address, try container.readLength(&body, "size")), at: 0)
    default:
      messages.append(HDF5Message(kind: kind, isShared: flags & 2 != 0, body: body))
    }
  }
}

extension HDF5Container {
  /// Follows a reference to a message in another object header, as committed datatypes are used.
  func sharedMessage(
    _ kind: HDF5Message.Kind, _ body: ByteReader
  ) throws(ModelFileError) -> ByteReader {
    var body = body
    let context = body.context
    let version = try body.readUInt8()
    let type = try body.readUInt8()
    if version == 1 { try body.skip(6) }
    guard (1...3).contains(version), version < 3 || type == 2 else {
      throw context.unsupported(expected: "a message shared by a committed datatype", found: "a shared message heap")
    }
    let header = try HDF5ObjectHeader(self, at: requireAddress(&body, "a shared message"), context)
    guard let message = header.messages.first(where: { $0.kind == kind }), !message.isShared else {
      throw context.malformed(expected: "the shared message", found: "an object without it")
    }
    return message.body
  }
}
