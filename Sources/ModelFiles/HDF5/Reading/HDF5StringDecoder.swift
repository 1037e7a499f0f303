/// Turns stored text elements into strings.
struct HDF5StringDecoder {
  private let datatype: HDF5Datatype
  private let context: ErrorContext
  private var heap: HDF5GlobalHeap

  init(_ datatype: HDF5Datatype, _ container: HDF5Container, _ context: ErrorContext) {
    self.datatype = datatype
    self.context = context
    heap = HDF5GlobalHeap(container, context)
  }

  mutating func strings(_ bytes: [UInt8], count: Int) throws(ModelFileError) -> [String] {
    var reader = ByteReader(bytes, context: context)
    var result: [String] = []
    for _ in 0..<count {
      switch datatype {
      case .fixedString(let byteCount, let padding):
        result.append(try fixedString(reader.readBytes(byteCount), padding))
      case .variableString(let referenceByteCount):
        result.append(try heap.string(reader.readPart(referenceByteCount)))
      default:
        throw context.error(.mismatch, expected: "text", found: datatype.name)
      }
    }
    return result
  }

  private func fixedString(
    _ bytes: [UInt8], _ padding: HDF5Datatype.StringPadding
  ) throws(ModelFileError) -> String {
    var text = bytes[...]
    switch padding {
    case .nulTerminated: text = bytes.prefix { $0 != 0 }
    case .nulPadded: while text.last == 0 { text.removeLast() }
    case .spacePadded: while text.last == UInt8(ascii: " ") { text.removeLast() }
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      throw context.malformed(expected: "text in UTF-8", found: "other bytes")
    }
    return string
  }
}

extension [UInt8] {
  /// The bytes with each element of `size` bytes reversed.
  func swappingBytes(ofElements size: Int) -> [UInt8] {
    guard size > 1 else { return self }
    var result = self
    for start in stride(from: 0, to: count - count % size, by: size) {
      for index in 0..<size { result[start + index] = self[start + size - 1 - index] }
    }
    return result
  }
}
