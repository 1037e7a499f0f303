/// Finds and parses the central directory of an archive.
struct ZipDirectory {
  /// One entry, with sizes as the central directory declares them.
  struct Entry {
    let name: String
    let flags: UInt16
    let method: ZipMethod
    let checksum: UInt32
    let compressedByteCount: Int
    let byteCount: Int
    let headerOffset: Int
  }

  private let source: ByteSource
  /// Where the directory starts, and so where the members must have ended.
  private(set) var offset = 0

  init(_ source: ByteSource) {
    self.source = source
  }

  mutating func read() throws(ModelFileError) -> [Entry] {
    let context = source.context.inside("central directory")
    let (end, count, size) = try locate(context)
    guard count <= size / 46 else {
      throw context.malformed(expected: "room for \(count) entries", found: "\(size) bytes")
    }
    guard size <= end, offset == end - size else {
      throw context.malformed(
        expected: "the directory to end at byte \(end)", found: "\(size) bytes at offset \(offset)")
    }
    var reader = ByteReader(try source.bytes(at: offset, count: size), context: context)
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for _ in 0..<count {
      entries.append(try readEntry(&reader))
    }
    guard reader.remaining == 0 else {
      throw context.malformed(expected: "\(count) entries", found: "\(reader.remaining) bytes after them")
    }
    return entries
  }

  /// The end of the directory, the number of its entries and its size.
  private mutating func locate(_ context: ErrorContext) throws(ModelFileError) -> (Int, Int, Int) {
    let endRecord = try findEndRecord()
    var reader = ByteReader(try source.bytes(at: endRecord, count: 22), context: context)
    try reader.skip(4)
    let disks = (try reader.readUInt16(), try reader.readUInt16())
    let counts = (try reader.readUInt16(), try reader.readUInt16())
    let size = try reader.readUInt32()
    let start = try reader.readUInt32()
    if let zip64 = try readZip64(before: endRecord, context) {
      offset = zip64.start
      return (zip64.end, zip64.count, zip64.size)
    }
    guard disks == (0, 0), counts.0 == counts.1 else { throw multiDisk(context) }
    guard counts.0 != 0xFFFF || start != 0xFFFF_FFFF else {
      throw context.malformed(expected: "a zip64 record", found: "none")
    }
    offset = Int(start)
    return (endRecord, Int(counts.0), Int(size))
  }

  /// The end record is the last thing in the file but for a comment of declared length.
  private func findEndRecord() throws(ModelFileError) -> Int {
    let tailCount = min(source.count, 22 + 0xFFFF)
    let tail = try source.bytes(at: source.count - tailCount, count: tailCount)
    var index = tailCount - 22
    while index >= 0 {
      if tail[index] == 0x50, tail[index + 1] == 0x4B, tail[index + 2] == 5, tail[index + 3] == 6,
        Int(tail[index + 20]) | Int(tail[index + 21]) << 8 == tailCount - index - 22
      {
        return source.count - tailCount + index
      }
      index -= 1
    }
    throw source.context.malformed(expected: "a zip archive", found: "no end record; the file may be truncated")
  }

  private struct Zip64Record {
    var end: Int
    var count: Int
    var size: Int
    var start: Int
  }

  private func readZip64(before endRecord: Int, _ context: ErrorContext) throws(ModelFileError) -> Zip64Record? {
    guard endRecord >= 20 else { return nil }
    var locator = ByteReader(try source.bytes(at: endRecord - 20, count: 20), context: context)
    guard try locator.readUInt32() == 0x0706_4B50 else { return nil }
    let disk = try locator.readUInt32()
    let recordOffset = try locator.readCount(width: 8, "offset")
    guard disk == 0, try locator.readUInt32() <= 1 else { throw multiDisk(context) }
    guard recordOffset <= endRecord - 20 else {
      throw context.malformed(expected: "the zip64 record before its locator", found: "offset \(recordOffset)")
    }
    let bytes = try source.bytes(at: recordOffset, count: min(56, endRecord - 20 - recordOffset))
    var record = ByteReader(bytes, context: context)
    guard try record.readUInt32() == 0x0606_4B50 else {
      throw context.malformed(expected: "a zip64 end record", found: "other bytes")
    }
    let recordSize = try record.readCount(width: 8, "size")
    guard recordSize == endRecord - 20 - recordOffset - 12 else {
      throw context.malformed(expected: "a zip64 record up to its locator", found: "\(recordSize) bytes")
    }
    try record.skip(4)
    let disks = (try record.readUInt32(), try record.readUInt32())
    let counts = (try record.readCount(width: 8, "count"), try record.readCount(width: 8, "count"))
    guard disks == (0, 0), counts.0 == counts.1 else { throw multiDisk(context) }
    let size = try record.readCount(width: 8, "size")
    let start = try record.readCount(width: 8, "offset")
    return Zip64Record(end: recordOffset, count: counts.0, size: size, start: start)
  }

  private func multiDisk(_ context: ErrorContext) -> ModelFileError {
    context.unsupported(expected: "an archive in one file", found: "one that spans several")
  }

  private func readEntry(_ reader: inout ByteReader) throws(ModelFileError) -> Entry {
    guard try reader.readUInt32() == 0x0201_4B50 else {
      throw reader.context.malformed(expected: "a directory entry", found: "other bytes")
    }
    try reader.skip(4)
    let flags = try reader.readUInt16()
    let method = try reader.readUInt16()
    try reader.skip(4)
    let checksum = try reader.readUInt32()
    let compressed = try reader.readUInt32()
    let uncompressed = try reader.readUInt32()
    let nameCount = Int(try reader.readUInt16())
    let extraCount = Int(try reader.readUInt16())
    let commentCount = Int(try reader.readUInt16())
    let disk = try reader.readUInt16()
    try reader.skip(6)
    let header = try reader.readUInt32()
    let name = try ZipName.validate(reader.readBytes(nameCount), reader.context)
    let context = source.context.inside(name)
    var sizes = ZipSizes(uncompressed: uncompressed, compressed: compressed, headerOffset: header)
    try sizes.resolve(extra: reader.readPart(extraCount, in: context))
    try reader.skip(commentCount)
    guard disk == 0 || disk == 0xFFFF else { throw multiDisk(context) }
    guard flags & 0x2041 == 0 else {
      throw context.unsupported(expected: "a member without encryption", found: "an encrypted one")
    }
    guard let method = ZipMethod(rawValue: method) else {
      throw context.unsupported(expected: "stored or deflated data", found: "compression method \(method)")
    }
    return Entry(
      name: name, flags: flags, method: method, checksum: checksum, compressedByteCount: sizes.compressed,
      byteCount: sizes.uncompressed, headerOffset: sizes.headerOffset)
  }
}
