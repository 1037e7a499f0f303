/// The checksums of HDF5.
enum HDF5Checksum {
  /// Bob Jenkins's `lookup3` hash with an initial value of zero, which guards metadata blocks of newer files.
  static func lookup3(_ bytes: [UInt8]) -> UInt32 {
    var a = 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count)
    var b = a
    var c = a
    guard !bytes.isEmpty else { return c }

    func word(_ offset: Int) -> UInt32 {
      var value: UInt32 = 0
      for index in offset..<min(offset + 4, bytes.count) {
        value |= UInt32(bytes[index]) << UInt32(8 * (index - offset))
      }
      return value
    }
    func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }

    var offset = 0
    while bytes.count - offset > 12 {
      a &+= word(offset)
      b &+= word(offset + 4)
      c &+= word(offset + 8)
      a = (a &- c) ^ rotated(c, 4)
      c &+= b
      b = (b &- a) ^ rotated(a, 6)
      a &+= c
      c = (c &- b) ^ rotated(b, 8)
      b &+= a
      a = (a &- c) ^ rotated(c, 16)
      c &+= b
      b = (b &- a) ^ rotated(a, 19)
      a &+= c
      c = (c &- b) ^ rotated(b, 4)
      b &+= a
      offset += 12
    }
    a &+= word(offset)
    if offset + 4 < bytes.count { b &+= word(offset + 4) }
    if offset + 8 < bytes.count { c &+= word(offset + 8) }
    c = (c ^ b) &- rotated(b, 14)
    a = (a ^ c) &- rotated(c, 11)
    b = (b ^ a) &- rotated(a, 25)
    c = (c ^ b) &- rotated(b, 16)
    a = (a ^ c) &- rotated(c, 4)
    b = (b ^ a) &- rotated(a, 14)
    c = (c ^ b) &- rotated(b, 24)
    return c
  }

  /// Fletcher's checksum over big-endian 16-bit words, which the filter of that name appends to chunks.
  static func fletcher32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var first: UInt32 = 0
    var second: UInt32 = 0
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let high = UInt32(bytes[index]) << 8
      let low = index + 1 < bytes.endIndex ? UInt32(bytes[index + 1]) : 0
      first = (first + (high | low)) % 65535
      second = (second + first) % 65535
      index += 2
    }
    return second << 16 | first
  }
}
