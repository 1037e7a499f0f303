/// Checks the local header of each member against the central directory, and finds the data.
struct ZipLocalHeaders {
  private let source: ByteSource
  private let directoryOffset: Int

  init(_ source: ByteSource, directoryOffset: Int) {
    self.source = source
    self.directoryOffset = directoryOffset
  }

  func resolve(_ entries: [ZipDirectory.Entry]) throws(ModelFileError) -> [ZipArchive.Member] {
    var members: [ZipArchive.Member] = []
    members.reserveCapacity(entries.count)
    var extents: [(start: Int, end: Int, name: String)] = []
    for entry in entries {
      let (member, end) = try resolve(entry)
      members.append(member)
      extents.append((entry.headerOffset, end, entry.name))
    }
    extents.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    for (first, second) in zip(extents, extents.dropFirst()) where first.end > second.start {
      throw source.context.inside(second.name).error(
        .refused, expected: "members that lie one after the other", found: "one that overlaps “\(first.name)”")
    }
    return members
  }

  /// The member and the offset at which its data ends.
  private func resolve(_ entry: ZipDirectory.Entry) throws(ModelFileError) -> (ZipArchive.Member, Int) {
    let context = source.context.inside(entry.name)
    guard entry.headerOffset <= directoryOffset - 30 else {
      throw context.malformed(expected: "a member before the directory", found: "offset \(entry.headerOffset)")
    }
    var header = ByteReader(try source.bytes(at: entry.headerOffset, count: 30), context: context)
    guard try header.readUInt32() == 0x0403_4B50 else {
      throw context.malformed(expected: "a local header", found: "other bytes")
    }
    try header.skip(2)
    let flags = try header.readUInt16()
    let method = try header.readUInt16()
    try header.skip(4)
    let checksum = try header.readUInt32()
    let compressed = try header.readUInt32()
    let uncompressed = try header.readUInt32()
    let nameCount = Int(try header.readUInt16())
    let extraCount = Int(try header.readUInt16())

    let variable = try source.bytes(at: entry.headerOffset + 30, count: nameCount + extraCount)
    var reader = ByteReader(variable, context: context)
    let name = try reader.readBytes(nameCount)
    var sizes = ZipSizes(uncompressed: uncompressed, compressed: compressed)
    try sizes.resolve(extra: reader)

    // A member written to a stream has its sizes after the data, and zeros here.
    let isStreamed = flags & 8 != 0
    let hasSizes = !isStreamed || sizes.compressed != 0 || sizes.uncompressed != 0
    let agrees =
      name.elementsEqual(entry.name.utf8) && method == entry.method.rawValue && flags & 9 == entry.flags & 9
      && (isStreamed && checksum == 0 || checksum == entry.checksum)
      && (!hasSizes || sizes.compressed == entry.compressedByteCount && sizes.uncompressed == entry.byteCount)
    guard agrees else {
      throw context.error(
        .refused, expected: "local and central headers that agree", found: "ones that differ",
        remedy: "readers disagree about such an archive; write it again")
    }
    guard entry.method != .stored || entry.compressedByteCount == entry.byteCount else {
      throw context.malformed(
        expected: "\(entry.byteCount) bytes, stored", found: "\(entry.compressedByteCount)")
    }
    let dataOffset = entry.headerOffset + 30 + nameCount + extraCount
    guard dataOffset <= directoryOffset, entry.compressedByteCount <= directoryOffset - dataOffset else {
      throw context.malformed(
        expected: "\(entry.compressedByteCount) bytes of data before the directory", found: "fewer")
    }
    let member = ZipArchive.Member(
      name: entry.name, byteCount: entry.byteCount, compressedByteCount: entry.compressedByteCount,
      method: entry.method, checksum: entry.checksum, dataOffset: dataOffset)
    return (member, dataOffset + entry.compressedByteCount)
  }
}
