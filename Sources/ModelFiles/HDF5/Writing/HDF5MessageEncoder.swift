/// Encodes header messages.
enum HDF5MessageEncoder {
  struct Message {
    let kind: HDF5Message.Kind
    let body: [UInt8]
    let isConstant: Bool
    /// Where in the body the address of the data goes.
    var addressPosition: Int?
    /// The text to which the reference at the end of the body points.
    var text: String?

    init(_ kind: HDF5Message.Kind, _ body: [UInt8], isConstant: Bool = false) {
      self.kind = kind
      self.body = body
      self.isConstant = isConstant
    }
  }

  /// Version 2: space is allocated late, and no value is set.
  static let noFillValue: [UInt8] = [2, 2, 2, 1, 0, 0, 0, 0]

  /// The address stays undefined here; it is filled in when the data has its place.
  static func contiguousLayout(byteCount: Int) -> [UInt8] {
    var body = ByteBuilder()
    body.append([3, 1])
    body.append(UInt64.max)
    body.append(Int64(byteCount))
    return body.bytes
  }

  static func dataspace(_ shape: [Int]) -> [UInt8] {
    var body = ByteBuilder()
    body.append([1, UInt8(shape.count), 0, 0, 0, 0, 0, 0])
    for dimension in shape { body.append(Int64(dimension)) }
    return body.bytes
  }

  private static let nullDataspace: [UInt8] = [2, 0, 0, 2]

  static func datatype(_ type: ElementType) -> [UInt8] {
    switch type {
    case .float16: float(byteCount: 2, exponentLocation: 10, exponentCount: 5, bias: 15)
    case .float32: float(byteCount: 4, exponentLocation: 23, exponentCount: 8, bias: 127)
    case .float64: float(byteCount: 8, exponentLocation: 52, exponentCount: 11, bias: 1023)
    case .bfloat16: opaque(byteCount: 2)
    case .int8, .int16, .int32, .int64: integer(byteCount: type.byteCount, isSigned: true)
    case .uint8, .uint16, .uint32, .uint64, .string: integer(byteCount: max(1, type.byteCount), isSigned: false)
    case .bool: boolean
    }
  }

  private static func integer(byteCount: Int, isSigned: Bool) -> [UInt8] {
    var body = ByteBuilder()
    body.append([0x10, isSigned ? 8 : 0, 0, 0])
    body.append(UInt32(byteCount))
    body.append(0 as UInt16)
    body.append(UInt16(8 * byteCount))
    return body.bytes
  }

  private static func float(
    byteCount: Int, exponentLocation: UInt8, exponentCount: UInt8, bias: UInt32
  ) -> [UInt8] {
    var body = ByteBuilder()
    // The highest bit of the fraction is implied; the sign is the highest bit of all.
    body.append([0x11, 0x20, UInt8(8 * byteCount - 1), 0])
    body.append(UInt32(byteCount))
    body.append(0 as UInt16)
    body.append(UInt16(8 * byteCount))
    body.append([exponentLocation, exponentCount, 0, exponentLocation])
    body.append(bias)
    return body.bytes
  }

  /// The enumeration that h5py makes of NumPy's truth values.
  private static var boolean: [UInt8] {
    var body = ByteBuilder()
    body.append([0x18, 2, 0, 0])
    body.append(1 as UInt32)
    body.append(integer(byteCount: 1, isSigned: true))
    for name in ["FALSE", "TRUE"] {
      body.append(name.utf8)
      body.appendZeros(8 - name.utf8.count)
    }
    body.append([0, 1])
    return body.bytes
  }

  private static func opaque(byteCount: Int) -> [UInt8] {
    var body = ByteBuilder()
    body.append([0x15, 0, 0, 0])
    body.append(UInt32(byteCount))
    return body.bytes
  }

  private static func fixedString(byteCount: Int, isASCII: Bool) -> [UInt8] {
    var body = ByteBuilder()
    body.append([0x13, isASCII ? 0x01 : 0x11, 0, 0])
    body.append(UInt32(byteCount))
    return body.bytes
  }

  /// Text of variable length in UTF-8, as a sequence of bytes.
  private static var variableString: [UInt8] {
    var body = ByteBuilder()
    body.append([0x19, 0x01, 0x01, 0])
    body.append(16 as UInt32)
    body.append(integer(byteCount: 1, isSigned: false))
    return body.bytes
  }

  /// An attribute message of version 1.
  static func attribute(_ name: String, _ value: HDF5AttributeValue) throws(ModelFileError) -> [UInt8] {
    let type: [UInt8]
    let space: [UInt8]
    let data: [UInt8]
    switch value {
    case .string(let text):
      type = variableString
      space = dataspace([])
      var reference = ByteBuilder()
      reference.append(text.utf8.count, width: 4)
      reference.appendZeros(12)
      data = reference.bytes
    case .strings(let texts):
      let byteCount = texts.reduce(1) { max($0, $1.utf8.count) }
      type = fixedString(byteCount: byteCount, isASCII: texts.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
      space = dataspace([texts.count])
      var padded = ByteBuilder()
      for text in texts {
        padded.append(text.utf8)
        padded.appendZeros(byteCount - text.utf8.count)
      }
      data = padded.bytes
    case .array(let array):
      type = datatype(array.elementType)
      space = dataspace(array.shape)
      data = try array.bytes.bytes()
    case .bytes(let bytes):
      type = opaque(byteCount: max(1, bytes.count))
      space = bytes.isEmpty ? nullDataspace : dataspace([])
      data = bytes
    case .null:
      type = datatype(.float32)
      space = nullDataspace
      data = []
    }
    var body = ByteBuilder()
    body.append([1, 0])
    body.append(UInt16(name.utf8.count + 1))
    body.append(UInt16(type.count))
    body.append(UInt16(space.count))
    body.append(name.utf8)
    body.append([0])
    body.pad(to: 8)
    body.append(type)
    body.pad(to: 8)
    body.append(space)
    body.pad(to: 8)
    body.append(data)
    return body.bytes
  }
}
