/// Appends little-endian fields to an array of bytes.
struct ByteBuilder {
  private(set) var bytes: [UInt8] = []

  var count: Int { bytes.count }

  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// The `width` low bytes of `value`.
  mutating func append(_ value: Int, width: Int) {
    for index in 0..<width {
      bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index)))
    }
  }

  mutating func append(_ more: some Sequence<UInt8>) {
    bytes.append(contentsOf: more)
  }

  mutating func append(signature: StaticString) {
    signature.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  mutating func appendZeros(_ count: Int) {
    bytes.append(contentsOf: repeatElement(0, count: count))
  }

  mutating func overwrite(at position: Int, with replacement: [UInt8]) {
    bytes.replaceSubrange(position..<position + replacement.count, with: replacement)
  }

  /// Replaces eight bytes by a number.
  mutating func overwrite(at position: Int, with value: Int) {
    for index in 0..<8 { bytes[position + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }

  mutating func pad(to alignment: Int) {
    appendZeros(count.roundedUp(to: alignment) - count)
  }
}

extension Int {
  /// The least multiple of `alignment` that is not below this number.
  func roundedUp(to alignment: Int) -> Int {
    (self + alignment - 1) / alignment * alignment
  }
}
