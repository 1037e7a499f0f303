/// The block at the start of a file, versions 0 to 3.
struct HDF5Superblock {
  static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The file from its signature on; addresses count from there.
  let content: ByteSource
  let offsetWidth: Int
  let lengthWidth: Int
  let rootAddress: Int
  /// The length of the block with its checksum, for versions that have one.
  private let checkedByteCount: Int?

  /// - Parameter allowingTruncation: whether the file may be shorter than the block says.
  init(_ source: ByteSource, allowingTruncation: Bool = false) throws(ModelFileError) {
    let context = source.context.inside("superblock")
    let start = try HDF5Superblock.findSignature(source)
    content = try source.slice(at: start, count: source.count - start)
    let bytes = try content.bytes(at: 0, count: min(content.count, 128))
    var reader = ByteReader(bytes, context: context)
    try reader.skip(8)
    let version = try reader.readUInt8()
    guard version <= 3 else {
      throw context.unsupported(expected: "superblock version 0 to 3", found: "\(version)")
    }
    if version < 2 {
      try reader.skip(4)
    }
    offsetWidth = Int(try reader.readUInt8())
    lengthWidth = Int(try reader.readUInt8())
    for width in [offsetWidth, lengthWidth] where ![2, 4, 8].contains(width) {
      throw context.malformed(expected: "fields of 2, 4 or 8 bytes", found: "\(width)")
    }
    let scaffold = HDF5Container(
      source: content, offsetWidth: offsetWidth, lengthWidth: lengthWidth, budget: AllocationBudget(limit: 0),
      verifiesChecksums: true)
    // Version 0 and 1: a reserved byte, two B-tree ranks, flags; version 1 has another rank. Later ones: flags only.
    try reader.skip([0: 9, 1: 13][version] ?? 1)
    let base = try scaffold.readAddress(&reader)
    _ = try scaffold.readAddress(&reader)
    let end = try scaffold.readAddress(&reader)
    if version < 2 {
      _ = try scaffold.readAddress(&reader)
      // The root's symbol table entry: the offset of its name, then its header.
      _ = try scaffold.readLength(&reader, "name offset")
    }
    rootAddress = try scaffold.requireAddress(&reader, "the root group")
    checkedByteCount = version < 2 ? nil : reader.position + 4
    guard base == 0 || base == start else {
      throw context.unsupported(expected: "addresses from the start of the file", found: "a base address")
    }
    guard let end, end <= source.count || allowingTruncation else {
      throw context.malformed(
        expected: "a file of \(end.map(String.init) ?? "known") bytes", found: "\(source.count); it is truncated")
    }
  }

  func verify(with container: HDF5Container) throws(ModelFileError) {
    guard let checkedByteCount else { return }
    _ = try container.checkedBlock(at: 0, count: checkedByteCount, container.source.context.inside("superblock"))
  }

  /// The signature lies at 0, 512, 1024, 2048… after a block for the user's own data.
  private static func findSignature(_ source: ByteSource) throws(ModelFileError) -> Int {
    var offset = 0
    while offset <= source.count - 8 {
      if try source.bytes(at: offset, count: 8) == signature { return offset }
      offset = offset == 0 ? 512 : offset * 2
    }
    throw source.context.malformed(expected: "an HDF5 file", found: "no HDF5 signature")
  }
}
