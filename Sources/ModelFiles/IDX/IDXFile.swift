/// Reads IDX files, the format of MNIST: an array of bytes, integers or floats, gzip-compressed or not.
public enum IDXFile {
  /// The array in a file.
  ///
  /// - Throws: `ModelFileError` where the file is missing, damaged or of another format.
  public static func read(_ source: ByteSource) throws(ModelFileError) -> ArrayData {
    let start = try source.bytes(at: 0, count: min(2, source.count))
    let content = start == [0x1f, 0x8b] ? try decompressed(source) : source
    var reader = ByteReader(try content.bytes(at: 0, count: min(4, content.count)), context: content.context)
    let magic = try reader.readBytes(4)
    guard magic[0] == 0, magic[1] == 0, let element = elementType(magic[2]) else {
      throw content.context.malformed(expected: "an IDX file", found: "no IDX signature")
    }
    let rank = Int(magic[3])
    var extents = ByteReader(try content.bytes(at: 4, count: 4 * rank), context: content.context)
    var shape: [Int] = []
    for _ in 0..<rank {
      let bytes = try extents.readBytes(4)
      shape.append(bytes.reduce(0) { $0 << 8 | Int($1) })
    }
    guard let byteCount = element.byteCount(shape: shape), byteCount == content.count - 4 - 4 * rank else {
      throw content.context.malformed(
        expected: "the elements of shape \(shape)", found: "\(content.count - 4 - 4 * rank) bytes")
    }
    return try ArrayData(
      elementType: element, shape: shape, bytes: try littleEndian(content, from: 4 + 4 * rank, byteCount, element))
  }

  private static func elementType(_ code: UInt8) -> ElementType? {
    switch code {
    case 0x08: .uint8
    case 0x09: .int8
    case 0x0b: .int16
    case 0x0c: .int32
    case 0x0d: .float32
    case 0x0e: .float64
    default: nil
    }
  }

  /// IDX stores the highest byte first.
  private static func littleEndian(
    _ content: ByteSource, from offset: Int, _ byteCount: Int, _ element: ElementType
  ) throws(ModelFileError) -> ByteSource {
    let slice = try content.slice(at: offset, count: byteCount)
    let width = element.byteCount
    if width == 1 { return slice }
    var bytes = try slice.bytes()
    for start in stride(from: 0, to: bytes.count, by: width) { bytes[start..<start + width].reverse() }
    return ByteSource(bytes, name: content.name)
  }

  /// The content of a gzip file, whose last four bytes tell its size.
  private static func decompressed(_ source: ByteSource) throws(ModelFileError) -> ByteSource {
    guard source.count >= 18 else { throw source.context.malformed(expected: "a gzip file", found: "an early end") }
    let claimed = try source.bytes(at: source.count - 4, count: 4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard claimed <= source.count * Inflate.greatestRatio else {
      throw source.context.malformed(
        expected: "a size that compressed data can have", found: "\(claimed) bytes from \(source.count)")
    }
    let bytes = try Inflate.decompress(source, framing: .gzip, limit: claimed, in: source.context)
    return ByteSource(bytes, name: source.name)
  }
}
