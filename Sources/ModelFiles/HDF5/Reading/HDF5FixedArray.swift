/// A fixed array: the index of chunks of a dataset that cannot grow without limit.
struct HDF5FixedArray {
  let elementByteCount: Int
  private let container: HDF5Container
  private let context: ErrorContext
  private let count: Int
  private let pageElementCount: Int
  private let dataAddress: Int?

  init(_ container: HDF5Container, at address: Int, _ context: ErrorContext) throws(ModelFileError) {
    self.container = container
    self.context = context
    let count = 12 + container.lengthWidth + container.offsetWidth
    var reader = try container.checkedBlock(at: address, count: count, context)
    try reader.expect("FAHD", "a fixed array")
    let version = try reader.readUInt8()
    guard version == 0 else { throw context.unsupported(expected: "fixed array version 0", found: "\(version)") }
    try reader.skip(1)
    elementByteCount = Int(try reader.readUInt8())
    let pageBits = try reader.readUInt8()
    self.count = try container.readLength(&reader, "element count")
    dataAddress = try container.readAddress(&reader)
    guard pageBits < 32, elementByteCount >= container.offsetWidth, self.count <= container.source.count else {
      throw context.malformed(
        expected: "a fixed array in the file", found: "\(self.count) elements of \(elementByteCount) bytes")
    }
    pageElementCount = 1 << Int(pageBits)
  }

  func forEachElement(_ body: (Int, ByteReader) throws(ModelFileError) -> Void) throws(ModelFileError) {
    guard let dataAddress else { return }
    let headByteCount = 6 + container.offsetWidth
    guard count > pageElementCount else {
      let byteCount = headByteCount + count * elementByteCount + 4
      var block = try container.checkedBlock(at: dataAddress, count: byteCount, context)
      try block.expect("FADB", "fixed array data")
      try block.skip(headByteCount - 4)
      for index in 0..<count { try body(index, block.readPart(elementByteCount)) }
      return
    }
    let pageCount = (count - 1) / pageElementCount + 1
    let bitmapByteCount = (pageCount + 7) / 8
    var head = try container.checkedBlock(at: dataAddress, count: headByteCount + bitmapByteCount + 4, context)
    try head.expect("FADB", "fixed array data")
    try head.skip(headByteCount - 4)
    let bitmap = try head.readBytes(bitmapByteCount)
    var address = dataAddress + headByteCount + bitmapByteCount + 4
    for page in 0..<pageCount {
      let first = page * pageElementCount
      let elementCount = min(pageElementCount, count - first)
      let byteCount = elementCount * elementByteCount + 4
      // Pages without chunks were never written. Bits count from the highest.
      if bitmap[page / 8] & (0x80 >> UInt8(page % 8)) != 0 {
        var reader = try container.checkedBlock(at: address, count: byteCount, context)
        for index in 0..<elementCount { try body(first + index, reader.readPart(elementByteCount)) }
      }
      address += byteCount
    }
  }
}
