/// Reads little-endian fields from bytes in order. Every read checks what is left.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var position: Int
  private let end: Int
  let context: ErrorContext

  init(_ bytes: [UInt8], context: ErrorContext) {
    self.bytes = bytes
    position = 0
    end = bytes.count
    self.context = context
  }

  private init(_ bytes: [UInt8], from position: Int, to end: Int, context: ErrorContext) {
    self.bytes = bytes
    self.position = position
    self.end = end
    self.context = context
  }

  var remaining: Int { end - position }

  mutating func readUInt8() throws(ModelFileError) -> UInt8 {
    try require(1)
    defer { position += 1 }
    return bytes[position]
  }

  mutating func readUInt16() throws(ModelFileError) -> UInt16 {
    UInt16(truncatingIfNeeded: try readUnsigned(width: 2))
  }

  mutating func readUInt32() throws(ModelFileError) -> UInt32 {
    UInt32(truncatingIfNeeded: try readUnsigned(width: 4))
  }

  mutating func readUInt64() throws(ModelFileError) -> UInt64 {
    try readUnsigned(width: 8)
  }

  /// An unsigned integer of `width` bytes, at most 8.
  mutating func readUnsigned(width: Int) throws(ModelFileError) -> UInt64 {
    guard (0...8).contains(width) else {
      throw context.unsupported(expected: "integers of at most 8 bytes", found: "one of \(width)")
    }
    try require(width)
    var value: UInt64 = 0
    for index in 0..<width {
      value |= UInt64(bytes[position + index]) << UInt64(8 * index)
    }
    position += width
    return value
  }

  /// A size or count of `width` bytes as an `Int`.
  mutating func readCount(width: Int, _ what: String) throws(ModelFileError) -> Int {
    let value = try readUnsigned(width: width)
    guard let count = Int(exactly: value) else {
      throw context.malformed(expected: "a possible \(what)", found: "\(value)")
    }
    return count
  }

  mutating func readBytes(_ count: Int) throws(ModelFileError) -> [UInt8] {
    try require(count)
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// A reader of the next `count` bytes, which this one skips.
  mutating func readPart(_ count: Int, in context: ErrorContext? = nil) throws(ModelFileError) -> ByteReader {
    try require(count)
    defer { position += count }
    return ByteReader(bytes, from: position, to: position + count, context: context ?? self.context)
  }

  /// All bytes that are left.
  mutating func readRest() -> [UInt8] {
    defer { position = end }
    return Array(bytes[position..<end])
  }

  mutating func skip(_ count: Int) throws(ModelFileError) {
    try require(count)
    position += count
  }

  /// Skips to the next multiple of `alignment` counted from the start of the bytes.
  mutating func align(to alignment: Int, from origin: Int = 0) throws(ModelFileError) {
    let excess = (position - origin) % alignment
    if excess != 0 { try skip(alignment - excess) }
  }

  mutating func expect(_ signature: StaticString, _ what: String) throws(ModelFileError) {
    let found = try readBytes(signature.utf8CodeUnitCount)
    let expected = signature.withUTF8Buffer { Array($0) }
    guard found == expected else {
      throw context.malformed(expected: "the signature \(signature) of \(what)", found: "bytes \(found)")
    }
  }

  /// UTF-8 text up to a NUL byte, which is consumed.
  mutating func readNulTerminatedString() throws(ModelFileError) -> String {
    guard let terminator = bytes[position..<end].firstIndex(of: 0) else {
      throw context.malformed(expected: "text that ends with a NUL byte", found: "no such byte")
    }
    let text = try readString(terminator - position)
    position += 1
    return text
  }

  mutating func readString(_ count: Int) throws(ModelFileError) -> String {
    try require(count)
    guard let text = String(validating: bytes[position..<position + count], as: UTF8.self) else {
      throw context.malformed(expected: "text in UTF-8", found: "other bytes")
    }
    position += count
    return text
  }

  private func require(_ count: Int) throws(ModelFileError) {
    guard count >= 0, count <= remaining else {
      throw context.malformed(expected: "\(count) more bytes", found: "\(remaining)")
    }
  }
}
