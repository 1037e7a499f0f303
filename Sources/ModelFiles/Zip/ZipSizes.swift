/// The sizes of a header, with the 64-bit ones of its zip64 extra field where the 32-bit fields are saturated.
struct ZipSizes {
  private(set) var uncompressed: Int
  private(set) var compressed: Int
  private(set) var headerOffset: Int
  private static let saturated = 0xFFFF_FFFF

  init(uncompressed: UInt32, compressed: UInt32, headerOffset: UInt32 = 0) {
    self.uncompressed = Int(uncompressed)
    self.compressed = Int(compressed)
    self.headerOffset = Int(headerOffset)
  }

  mutating func resolve(extra: ByteReader) throws(ModelFileError) {
    var extra = extra
    var isResolved = false
    while extra.remaining >= 4 {
      let identifier = try extra.readUInt16()
      var field = try extra.readPart(Int(try extra.readUInt16()))
      guard identifier == 1 else { continue }
      guard !isResolved else {
        throw extra.context.malformed(expected: "one zip64 field", found: "two")
      }
      isResolved = true
      if uncompressed == ZipSizes.saturated { uncompressed = try field.readCount(width: 8, "size") }
      if compressed == ZipSizes.saturated { compressed = try field.readCount(width: 8, "size") }
      if headerOffset == ZipSizes.saturated { headerOffset = try field.readCount(width: 8, "offset") }
    }
  }
}
