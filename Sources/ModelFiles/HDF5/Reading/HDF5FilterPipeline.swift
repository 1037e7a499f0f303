/// The filters that chunks went through, undone in reverse.
struct HDF5FilterPipeline {
  private enum Filter {
    case deflate
    case shuffle(elementByteCount: Int)
    case fletcher32
  }

  private var filters: [Filter] = []
  private let context: ErrorContext

  var isEmpty: Bool { filters.isEmpty }

  init(_ message: ByteReader?, _ context: ErrorContext) throws(ModelFileError) {
    self.context = context
    guard var reader = message else { return }
    let version = try reader.readUInt8()
    guard version == 1 || version == 2 else {
      throw context.unsupported(expected: "filter pipeline version 1 or 2", found: "\(version)")
    }
    let count = Int(try reader.readUInt8())
    if version == 1 { try reader.skip(6) }
    guard count <= 32 else { throw context.malformed(expected: "at most 32 filters", found: "\(count)") }
    for _ in 0..<count {
      let identifier = try reader.readUInt16()
      let nameCount = version == 1 || identifier >= 256 ? Int(try reader.readUInt16()) : 0
      try reader.skip(2)
      let valueCount = Int(try reader.readUInt16())
      try reader.skip(nameCount)
      var values: [Int] = []
      for _ in 0..<valueCount { values.append(Int(try reader.readUInt32())) }
      if version == 1, valueCount % 2 == 1 { try reader.skip(4) }
      filters.append(try filter(identifier, values))
    }
  }

  private func filter(_ identifier: UInt16, _ values: [Int]) throws(ModelFileError) -> Filter {
    switch identifier {
    case 1: return .deflate
    case 2:
      guard let size = values.first, size > 0 else {
        throw context.malformed(expected: "the element size of a shuffle", found: "none")
      }
      return .shuffle(elementByteCount: size)
    case 3: return .fletcher32
    default:
      let names: [UInt16: String] = [4: "szip", 5: "nbit", 6: "scale-offset", 32000: "lzf", 32001: "blosc"]
      throw context.unsupported(
        expected: "the filters gzip, shuffle and fletcher32", found: names[identifier] ?? "filter \(identifier)",
        remedy: "save the data with compression=\"gzip\" or none")
    }
  }

  /// The bytes of a chunk, which must be `byteCount` in the end.
  ///
  /// - Parameter mask: a bit for each filter that this chunk skipped.
  func decode(_ stored: ByteSource, mask: UInt32, byteCount: Int) throws(ModelFileError) -> [UInt8] {
    var current = stored
    for (index, filter) in filters.enumerated().reversed() where mask & (1 << UInt32(index)) == 0 {
      let bytes: [UInt8]
      switch filter {
      case .deflate:
        // A checksum may have been added before compression.
        let limit = byteCount + 4 * filters.count
        bytes = try Inflate.decompress(current, framing: .zlib, limit: limit, in: context)
      case .shuffle(let size):
        bytes = HDF5FilterPipeline.unshuffled(try current.bytes(), elementByteCount: size)
      case .fletcher32:
        bytes = try withoutChecksum(current.bytes())
      }
      current = ByteSource(bytes, name: context.file)
    }
    guard current.count == byteCount else {
      throw context.malformed(expected: "a chunk of \(byteCount) bytes", found: "\(current.count)")
    }
    return try current.bytes()
  }

  /// Undoes the transposition that put the first bytes of all elements together, then the second, and so on.
  private static func unshuffled(_ bytes: [UInt8], elementByteCount size: Int) -> [UInt8] {
    let count = bytes.count / size
    guard size > 1, count > 1 else { return bytes }
    var result = bytes
    bytes.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { destination in
        for byte in 0..<size {
          for element in 0..<count {
            destination[element * size + byte] = source[byte * count + element]
          }
        }
      }
    }
    return result
  }

  private func withoutChecksum(_ bytes: [UInt8]) throws(ModelFileError) -> [UInt8] {
    guard bytes.count >= 4 else { throw context.malformed(expected: "a checksum", found: "\(bytes.count) bytes") }
    let data = bytes.dropLast(4)
    var reader = ByteReader(Array(bytes.suffix(4)), context: context)
    let stored = try reader.readUInt32()
    let actual = HDF5Checksum.fletcher32(data)
    guard stored == actual else {
      throw context.malformed(
        expected: "Fletcher checksum \(String(stored, radix: 16))", found: String(actual, radix: 16))
    }
    return Array(data)
  }
}
