/// Writes zip archives of stored members, one after the other, to a sink.
///
/// Data starts at multiples of 64 bytes so that weights can be read in place, timestamps are fixed so that equal
/// contents give equal bytes, and zip64 fields appear only where sizes need them.
public final class ZipWriter {
  private struct Entry {
    let name: String
    let byteCount: Int
    let headerOffset: Int
    var checksum: UInt32
  }

  private static let alignment = 64
  private static let date: UInt16 = 1 << 5 | 1  // 1 January 1980, the first day that the format knows.
  private static let saturated = 0xFFFF_FFFF

  private let sink: any ByteSink
  private let origin: Int
  private var entries: [Entry] = []
  private var names: Set<String> = []
  private var isFinished = false

  public init(_ sink: any ByteSink) {
    self.sink = sink
    origin = sink.position
  }

  /// Adds a member with these bytes.
  public func add(_ name: String, _ bytes: [UInt8]) throws(ModelFileError) {
    try add(name, byteCount: bytes.count) { sink throws(ModelFileError) in try sink.write(bytes) }
  }

  /// Adds a member with this text in UTF-8.
  public func add(_ name: String, text: String) throws(ModelFileError) {
    try add(name, Array(text.utf8))
  }

  /// Adds a member of `byteCount` bytes that `body` writes to the sink it is given.
  ///
  /// - Throws: ``ModelFileError`` of kind `.invalidArgument` for a repeated or unsafe name, or when `body` writes
  ///   another number of bytes; whatever `body` throws.
  public func add(
    _ name: String, byteCount: Int, _ body: (any ByteSink) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    let context = ErrorContext(file: sink.name).inside(name)
    guard !isFinished else {
      throw context.error(.invalidArgument, expected: "an unfinished archive", found: "a finished one")
    }
    if let problem = ZipName.problem(with: name) {
      throw context.error(.invalidArgument, expected: "a plain member name", found: "one \(problem)")
    }
    guard names.insert(name).inserted, name.utf8.count <= 0x7FFF else {
      throw context.error(.invalidArgument, expected: "a new name of at most 32,767 bytes", found: "another")
    }
    var entry = Entry(name: name, byteCount: byteCount, headerOffset: sink.position - origin, checksum: 0)
    try sink.write(localHeader(of: entry))
    let member = ZipMemberSink(sink)
    try body(member)
    guard member.position == byteCount else {
      throw context.error(
        .invalidArgument, expected: "\(byteCount) bytes of contents", found: "\(member.position)")
    }
    entry.checksum = member.checksum.value
    var checksum = ByteBuilder()
    checksum.append(entry.checksum)
    try sink.overwrite(at: origin + entry.headerOffset + 14, with: checksum.bytes)
    entries.append(entry)
  }

  /// Writes the central directory. The archive is complete only after this.
  public func finish() throws(ModelFileError) {
    guard !isFinished else { return }
    isFinished = true
    let start = sink.position - origin
    for entry in entries {
      try sink.write(centralHeader(of: entry))
    }
    try sink.write(endRecords(directoryOffset: start, byteCount: sink.position - origin - start))
  }

  private func localHeader(of entry: Entry) -> [UInt8] {
    let isLarge = entry.byteCount >= ZipWriter.saturated
    var extra = ByteBuilder()
    if isLarge {
      extra.append(1 as UInt16)
      extra.append(16 as UInt16)
      extra.append(Int64(entry.byteCount))
      extra.append(Int64(entry.byteCount))
    }
    // An alignment field (0xD935, as Android's tools write) takes up what is missing to the next multiple.
    let dataStart = origin + entry.headerOffset + 30 + entry.name.utf8.count + extra.count + 6
    let padding = dataStart.roundedUp(to: ZipWriter.alignment) - dataStart
    extra.append(0xD935 as UInt16)
    extra.append(UInt16(2 + padding))
    extra.append(UInt16(ZipWriter.alignment))
    extra.appendZeros(padding)

    var header = ByteBuilder()
    header.append(0x0403_4B50 as UInt32)
    appendCommonFields(of: entry, isLarge: isLarge, extraCount: extra.count, to: &header)
    header.append(entry.name.utf8)
    header.append(extra.bytes)
    return header.bytes
  }

  private func centralHeader(of entry: Entry) -> [UInt8] {
    let isLarge = entry.byteCount >= ZipWriter.saturated
    let isFar = entry.headerOffset >= ZipWriter.saturated
    var extra = ByteBuilder()
    if isLarge || isFar {
      extra.append(1 as UInt16)
      extra.append(UInt16((isLarge ? 16 : 0) + (isFar ? 8 : 0)))
      if isLarge {
        extra.append(Int64(entry.byteCount))
        extra.append(Int64(entry.byteCount))
      }
      if isFar { extra.append(Int64(entry.headerOffset)) }
    }
    var header = ByteBuilder()
    header.append(0x0201_4B50 as UInt32)
    header.append(3 << 8 | 45 as UInt16)  // Made on Unix, so that the permissions below count.
    appendCommonFields(of: entry, isLarge: isLarge || isFar, extraCount: extra.count, to: &header)
    header.appendZeros(6)
    header.append(0o100644 << 16 as UInt32)
    header.append(isFar ? ZipWriter.saturated : entry.headerOffset, width: 4)
    header.append(entry.name.utf8)
    header.append(extra.bytes)
    return header.bytes
  }

  /// The fields from the version to the length of the extra field, which both headers share.
  private func appendCommonFields(of entry: Entry, isLarge: Bool, extraCount: Int, to header: inout ByteBuilder) {
    let size = entry.byteCount >= ZipWriter.saturated ? ZipWriter.saturated : entry.byteCount
    header.append(isLarge ? 45 : 20 as UInt16)
    header.append(entry.name.utf8.contains { $0 >= 0x80 } ? 0x800 : 0 as UInt16)
    header.append(ZipMethod.stored.rawValue)
    header.append(0 as UInt16)
    header.append(ZipWriter.date)
    header.append(entry.checksum)
    header.append(size, width: 4)
    header.append(size, width: 4)
    header.append(UInt16(entry.name.utf8.count))
    header.append(UInt16(extraCount))
  }

  private func endRecords(directoryOffset: Int, byteCount: Int) -> [UInt8] {
    let needsZip64 =
      entries.count >= 0xFFFF || directoryOffset >= ZipWriter.saturated || byteCount >= ZipWriter.saturated
    var records = ByteBuilder()
    if needsZip64 {
      records.append(0x0606_4B50 as UInt32)
      records.append(44 as UInt64)
      records.append(3 << 8 | 45 as UInt16)
      records.append(45 as UInt16)
      records.append(0 as UInt64)
      records.append(Int64(entries.count))
      records.append(Int64(entries.count))
      records.append(Int64(byteCount))
      records.append(Int64(directoryOffset))
      records.append(0x0706_4B50 as UInt32)
      records.append(0 as UInt32)
      records.append(Int64(directoryOffset + byteCount))
      records.append(1 as UInt32)
    }
    records.append(0x0605_4B50 as UInt32)
    records.append(0 as UInt32)
    records.append(min(entries.count, 0xFFFF), width: 2)
    records.append(min(entries.count, 0xFFFF), width: 2)
    records.append(min(byteCount, ZipWriter.saturated), width: 4)
    records.append(min(directoryOffset, ZipWriter.saturated), width: 4)
    records.append(0 as UInt16)
    return records.bytes
  }
}

/// Passes the contents of a member on, counting and checksumming them.
private final class ZipMemberSink: ByteSink {
  private let archive: any ByteSink
  private(set) var position = 0
  private(set) var checksum = CRC32()

  init(_ archive: any ByteSink) {
    self.archive = archive
  }

  var name: String { archive.name }

  func write(_ bytes: UnsafeRawBufferPointer) throws(ModelFileError) {
    try archive.write(bytes)
    checksum.update(bytes)
    position += bytes.count
  }

  func overwrite(at offset: Int, with bytes: [UInt8]) throws(ModelFileError) {
    throw ErrorContext(file: name).error(
      .invalidArgument, expected: "members written front to back", found: "a change at offset \(offset)")
  }
}
