/// Reads zip archives: stored and deflated members, zip64.
///
/// Nothing is ever extracted to a path; member names are labels. An archive is refused as a whole when its names repeat
/// or could be taken for paths out of a folder, when local and central headers disagree, when members overlap, or when
/// it is encrypted or split over several files.
public struct ZipArchive: Sendable {
  /// One member.
  public struct Member: Sendable {
    public let name: String
    /// The size as read.
    public let byteCount: Int
    /// The size in the archive.
    public let compressedByteCount: Int
    /// Whether the bytes lie in the archive as they are.
    public var isStored: Bool { method == .stored }

    let method: ZipMethod
    let checksum: UInt32
    let dataOffset: Int
  }

  /// The members in the order of the central directory. Names that end in “/” stand for folders and hold nothing.
  public let members: [Member]
  private let source: ByteSource
  private let budget: AllocationBudget
  private let indexByName: [String: Int]

  /// - Parameter budget: what may be allocated for compressed members; by default from the size of the archive.
  public init(_ source: ByteSource, budget: AllocationBudget? = nil) throws(ModelFileError) {
    var directory = ZipDirectory(source)
    let entries = try directory.read()
    self.source = source
    self.budget = budget ?? .standard(forFileOf: source.count)
    members = try ZipLocalHeaders(source, directoryOffset: directory.offset).resolve(entries)
    var indexByName: [String: Int] = [:]
    for (index, member) in members.enumerated() {
      guard indexByName.updateValue(index, forKey: member.name) == nil else {
        throw source.context.error(
          .refused, expected: "member names that differ", found: "two members “\(member.name)”",
          remedy: "readers disagree about which one counts; write the archive again")
      }
    }
    self.indexByName = indexByName
  }

  /// The member called `name`, or nil.
  public func member(_ name: String) -> Member? {
    indexByName[name].map { members[$0] }
  }

  /// The contents of a member: in place where it is stored, decompressed into memory otherwise.
  ///
  /// - Parameter verifyingChecksum: whether to compare the CRC-32, one pass over the bytes.
  /// - Throws: ``ModelFileError`` of kind `.missing`, `.malformed` or `.limitExceeded`.
  public func contents(of name: String, verifyingChecksum: Bool = true) throws(ModelFileError) -> ByteSource {
    let context = source.context.inside(name)
    guard let member = member(name) else {
      let present = members.prefix(20).map(\.name).joined(separator: ", ")
      throw context.error(.missing, expected: "this member in the archive", found: "only \(present)")
    }
    let label = "\(source.name)/\(name)"
    let raw = try source.slice(at: member.dataOffset, count: member.compressedByteCount, name: label)
    let contents = try member.isStored ? raw : decompress(raw, member, label)
    if verifyingChecksum {
      var checksum = CRC32()
      try contents.forEachPiece { piece throws(ModelFileError) in checksum.update(piece) }
      guard checksum.value == member.checksum else {
        throw context.malformed(
          expected: "CRC-32 \(String(member.checksum, radix: 16))", found: String(checksum.value, radix: 16))
      }
    }
    return contents
  }

  private func decompress(
    _ raw: ByteSource, _ member: Member, _ label: String
  ) throws(ModelFileError) -> ByteSource {
    let context = raw.context
    let (bound, overflow) = raw.count.multipliedReportingOverflow(by: Inflate.greatestRatio)
    guard overflow || member.byteCount <= bound else {
      throw context.malformed(
        expected: "at most \(Inflate.greatestRatio) bytes from each compressed one",
        found: "\(member.byteCount) from \(raw.count)")
    }
    try budget.reserve(member.byteCount, for: "a compressed member", in: context)
    let bytes = try Inflate.decompress(raw, framing: .raw, limit: member.byteCount, in: context)
    guard bytes.count == member.byteCount else {
      throw context.malformed(expected: "\(member.byteCount) decompressed bytes", found: "\(bytes.count)")
    }
    return ByteSource(bytes, name: label)
  }
}

/// How a member is packed.
enum ZipMethod: UInt16, Sendable {
  case stored = 0
  case deflated = 8
}
