/// An extensible array: the index of chunks of a dataset that can grow without limit in one dimension.
struct HDF5ExtensibleArray {
  let elementByteCount: Int
  private let container: HDF5Container
  private let context: ErrorContext
  private let address: Int
  private let indexElementCount: Int
  private let minimumBlockElementCount: Int
  private let minimumPointerCount: Int
  private let pageElementCount: Int
  private let countBits: Int
  private let count: Int
  private let indexAddress: Int?

  init(_ container: HDF5Container, at address: Int, _ context: ErrorContext) throws(ModelFileError) {
    self.container = container
    self.context = context
    self.address = address
    let byteCount = 16 + 6 * container.lengthWidth + container.offsetWidth
    var reader = try container.checkedBlock(at: address, count: byteCount, context)
    try reader.expect("EAHD", "an extensible array")
    let version = try reader.readUInt8()
    guard version == 0 else {
      throw context.unsupported(expected: "extensible array version 0", found: "\(version)")
    }
    try reader.skip(1)
    elementByteCount = Int(try reader.readUInt8())
    countBits = Int(try reader.readUInt8())
    indexElementCount = Int(try reader.readUInt8())
    minimumBlockElementCount = Int(try reader.readUInt8())
    minimumPointerCount = Int(try reader.readUInt8())
    let pageBits = try reader.readUInt8()
    try reader.skip(4 * container.lengthWidth)
    count = try container.readLength(&reader, "element count")
    try reader.skip(container.lengthWidth)
    indexAddress = try container.readAddress(&reader)
    guard pageBits < 32, (1...62).contains(countBits), elementByteCount >= container.offsetWidth,
      let blockExponent = minimumBlockElementCount.powerOfTwoExponent, blockExponent <= countBits,
      let pointerExponent = minimumPointerCount.powerOfTwoExponent, pointerExponent > 0,
      2 * pointerExponent <= 1 + countBits - blockExponent
    else {
      throw context.malformed(expected: "a usable extensible array", found: "impossible parameters")
    }
    pageElementCount = 1 << Int(pageBits)
  }

  /// The super blocks double in turn the number and the size of their data blocks.
  private func dataBlockCount(ofSuperBlock index: Int) -> Int { 1 << (index / 2) }
  private func elementCount(ofSuperBlock index: Int) -> Int {
    minimumBlockElementCount << ((index + 1) / 2)
  }

  private var offsetByteCount: Int { (countBits + 7) / 8 }

  func forEachElement(_ body: (Int, ByteReader) throws(ModelFileError) -> Void) throws(ModelFileError) {
    guard let indexAddress else { return }
    var visits = container.visits(context)
    let superBlockCount = 1 + countBits - (minimumBlockElementCount.powerOfTwoExponent ?? 0)
    // The first super blocks have no block of their own: the index block points to their data.
    let directSuperBlockCount = 2 * (minimumPointerCount.powerOfTwoExponent ?? 0)
    let directPointerCount = 2 * (minimumPointerCount - 1)
    let superPointerCount = superBlockCount - directSuperBlockCount
    let byteCount =
      6 + container.offsetWidth + indexElementCount * elementByteCount
      + (directPointerCount + superPointerCount) * container.offsetWidth + 4
    var block = try openBlock(at: indexAddress, count: byteCount, "EAIB", &visits)

    var next = 0
    for _ in 0..<indexElementCount {
      try body(next, block.readPart(elementByteCount))
      next += 1
    }
    for superBlock in 0..<superBlockCount {
      guard next < count else { return }
      let blockElementCount = elementCount(ofSuperBlock: superBlock)
      if superBlock < directSuperBlockCount {
        for _ in 0..<dataBlockCount(ofSuperBlock: superBlock) {
          let data = try container.readAddress(&block)
          if let data { try readData(at: data, first: next, blockElementCount, pages: nil, &visits, body) }
          next += blockElementCount
        }
      } else {
        let data = try container.readAddress(&block)
        if let data { try readSuperBlock(superBlock, at: data, first: next, &visits, body) }
        next += blockElementCount * dataBlockCount(ofSuperBlock: superBlock)
      }
    }
  }

  private func readSuperBlock(
    _ index: Int, at address: Int, first: Int, _ visits: inout HDF5Visits,
    _ body: (Int, ByteReader) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    let blockCount = dataBlockCount(ofSuperBlock: index)
    let blockElementCount = elementCount(ofSuperBlock: index)
    let pageCount = blockElementCount > pageElementCount ? blockElementCount / pageElementCount : 0
    let bitmapByteCount = (pageCount + 7) / 8
    let perBlock = bitmapByteCount + container.offsetWidth
    let (payload, overflow) = blockCount.multipliedReportingOverflow(by: perBlock)
    guard !overflow, payload <= container.source.count else {
      throw context.malformed(expected: "a super block in the file", found: "\(blockCount) data blocks")
    }
    let byteCount = 6 + container.offsetWidth + offsetByteCount + payload + 4
    var block = try openBlock(at: address, count: byteCount, "EASB", &visits)
    try block.skip(offsetByteCount)
    var bitmaps: [[UInt8]] = []
    for _ in 0..<(pageCount > 0 ? blockCount : 0) { bitmaps.append(try block.readBytes(bitmapByteCount)) }
    for number in 0..<blockCount {
      guard let data = try container.readAddress(&block) else { continue }
      let pages = pageCount > 0 ? bitmaps[number] : nil
      try readData(at: data, first: first + number * blockElementCount, blockElementCount, pages: pages, &visits, body)
    }
  }

  private func readData(
    at address: Int, first: Int, _ elementCount: Int, pages: [UInt8]?, _ visits: inout HDF5Visits,
    _ body: (Int, ByteReader) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    guard elementCount <= container.source.count else {
      throw context.malformed(expected: "a data block in the file", found: "\(elementCount) elements")
    }
    let headByteCount = 6 + container.offsetWidth + offsetByteCount
    guard elementCount > pageElementCount else {
      var block = try openBlock(
        at: address, count: headByteCount + elementCount * elementByteCount + 4, "EADB", &visits)
      try block.skip(offsetByteCount)
      for index in 0..<elementCount { try body(first + index, block.readPart(elementByteCount)) }
      return
    }
    _ = try openBlock(at: address, count: headByteCount + 4, "EADB", &visits)
    let pageByteCount = pageElementCount * elementByteCount + 4
    for page in 0..<elementCount / pageElementCount {
      // Pages without chunks were never written. Bits count from the highest.
      if let pages, pages[page / 8] & (0x80 >> UInt8(page % 8)) == 0 { continue }
      let pageAddress = address + headByteCount + 4 + page * pageByteCount
      try visits.enter(pageAddress, count: pageByteCount)
      var reader = try container.checkedBlock(at: pageAddress, count: pageByteCount, context)
      for index in 0..<pageElementCount {
        try body(first + page * pageElementCount + index, reader.readPart(elementByteCount))
      }
    }
  }

  /// Reads a block up to the address of its array, which must be this one.
  private func openBlock(
    at address: Int, count: Int, _ signature: StaticString, _ visits: inout HDF5Visits
  ) throws(ModelFileError) -> ByteReader {
    try visits.enter(address, count: count)
    var reader = try container.checkedBlock(at: address, count: count, context)
    try reader.expect(signature, "an extensible array block")
    try reader.skip(2)
    guard try container.readAddress(&reader) == self.address else {
      throw context.malformed(expected: "a block of this array", found: "one of another")
    }
    return reader
  }
}
