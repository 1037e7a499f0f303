/// What can still be told of an archive whose directory is damaged or missing: the members' own headers, one after the
/// other from the start of the file.
///
/// Nothing here is good enough to load from, only to show what a damaged file holds.
public struct ZipRecovery: Sendable {
  /// A member as its own header declares it.
  public struct Member: Sendable {
    public let name: String
    /// The size that the header declares.
    public let byteCount: Int
    public let isStored: Bool
    /// Those of the member's bytes that are in the file, packed as they are there.
    public let contents: ByteSource
    /// Whether all of them are.
    public let isComplete: Bool
  }

  public let members: [Member]
  private static let countLimit = 10_000

  /// Follows the headers as far as they make sense.
  public init(_ source: ByteSource) {
    var members: [Member] = []
    var offset = 0
    while members.count < ZipRecovery.countLimit, let member = try? ZipRecovery.member(in: source, at: &offset) {
      members.append(member)
    }
    self.members = members
  }

  /// The member at an offset, which moves behind its data; nil where there is no header, or one without sizes.
  private static func member(in source: ByteSource, at offset: inout Int) throws(ModelFileError) -> Member? {
    var header = ByteReader(try source.bytes(at: offset, count: 30), context: source.context)
    guard try header.readUInt32() == 0x0403_4B50 else { return nil }
    try header.skip(2)
    let flags = try header.readUInt16()
    let method = try header.readUInt16()
    try header.skip(8)
    let compressed = try header.readUInt32()
    let uncompressed = try header.readUInt32()
    let nameCount = Int(try header.readUInt16())
    let extraCount = Int(try header.readUInt16())
    var variable = ByteReader(
      try source.bytes(at: offset + 30, count: nameCount + extraCount), context: source.context)
    let name = try ZipName.validate(variable.readBytes(nameCount), source.context)
    var sizes = ZipSizes(uncompressed: uncompressed, compressed: compressed)
    try sizes.resolve(extra: variable)
    guard flags & 8 == 0 || sizes.compressed > 0 else { return nil }
    let start = offset + 30 + nameCount + extraCount
    let present = min(sizes.compressed, source.count - start)
    let contents = try source.slice(at: start, count: present, name: "\(source.name)/\(name)")
    offset = start + present
    return Member(
      name: name, byteCount: sizes.uncompressed, isStored: method == ZipMethod.stored.rawValue, contents: contents,
      isComplete: present == sizes.compressed)
  }
}
