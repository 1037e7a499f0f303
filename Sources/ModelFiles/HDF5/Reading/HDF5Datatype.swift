/// The type of the elements of a dataset or attribute.
enum HDF5Datatype {
  case number(ElementType, isBigEndian: Bool)
  /// Text of a fixed number of bytes.
  case fixedString(byteCount: Int, padding: StringPadding)
  /// Text in a global heap.
  case variableString(referenceByteCount: Int)
  /// Bytes without a meaning of their own; NumPy's void. Keras keeps bfloat16 as two of them.
  case opaque(byteCount: Int)
  /// A type that is told but not read.
  case unsupported(String, byteCount: Int)

  enum StringPadding: UInt8 {
    case nulTerminated = 0
    case nulPadded = 1
    case spacePadded = 2
  }

  private enum Class: UInt8 {
    case integer = 0
    case float = 1
    case time = 2
    case string = 3
    case bitField = 4
    case opaque = 5
    case compound = 6
    case reference = 7
    case enumeration = 8
    case variableLength = 9
    case array = 10
  }

  init(_ reader: ByteReader) throws(ModelFileError) {
    var reader = reader
    self = try HDF5Datatype.parse(&reader, depth: 0)
  }

  /// The bytes of one element in the file.
  var byteCount: Int {
    switch self {
    case .number(let type, _): type.byteCount
    case .fixedString(let count, _), .variableString(let count), .opaque(let count), .unsupported(_, let count): count
    }
  }

  var elementType: ElementType? {
    switch self {
    case .number(let type, _): type
    case .fixedString, .variableString: .string
    case .opaque, .unsupported: nil
    }
  }

  /// A name for messages and listings.
  var name: String {
    switch self {
    case .number(let type, let isBigEndian): type.rawValue + (isBigEndian ? " (big-endian)" : "")
    case .fixedString(let count, _): "string of \(count) bytes"
    case .variableString: "string"
    case .opaque(let count): "opaque, \(count) bytes"
    case .unsupported(let name, _): name
    }
  }

  private static func parse(_ reader: inout ByteReader, depth: Int) throws(ModelFileError) -> HDF5Datatype {
    guard depth < 8 else {
      throw reader.context.error(.limitExceeded, expected: "at most 8 nested datatypes", found: "more")
    }
    let classAndVersion = try reader.readUInt8()
    let version = classAndVersion >> 4
    let bits = try reader.readUnsigned(width: 3)
    let byteCount = Int(try reader.readUInt32())
    guard (1...4).contains(version), byteCount > 0 else {
      throw reader.context.malformed(expected: "a datatype", found: "version \(version), \(byteCount) bytes")
    }
    guard let kind = Class(rawValue: classAndVersion & 15) else {
      return .unsupported("datatype class \(classAndVersion & 15)", byteCount: byteCount)
    }
    switch kind {
    case .integer: return try parseInteger(&reader, bits, byteCount)
    case .float: return try parseFloat(&reader, bits, byteCount)
    case .string:
      guard let padding = StringPadding(rawValue: UInt8(bits & 15)) else {
        throw reader.context.malformed(expected: "a kind of text padding", found: "\(bits & 15)")
      }
      return .fixedString(byteCount: byteCount, padding: padding)
    case .opaque:
      try reader.skip(Int(bits & 0xFF))
      return .opaque(byteCount: byteCount)
    case .enumeration:
      return try parseEnumeration(&reader, memberCount: Int(bits & 0xFFFF), version, byteCount, depth)
    case .variableLength:
      return bits & 15 == 1
        ? .variableString(referenceByteCount: byteCount)
        : .unsupported("variable-length sequence", byteCount: byteCount)
    case .time, .bitField, .compound, .reference, .array:
      return .unsupported("\(kind) type", byteCount: byteCount)
    }
  }

  private static func parseInteger(
    _ reader: inout ByteReader, _ bits: UInt64, _ byteCount: Int
  ) throws(ModelFileError) -> HDF5Datatype {
    let offset = try reader.readUInt16()
    let precision = try reader.readUInt16()
    let types: [Int: (ElementType, ElementType)] = [
      1: (.uint8, .int8), 2: (.uint16, .int16), 4: (.uint32, .int32), 8: (.uint64, .int64),
    ]
    guard let pair = types[byteCount], offset == 0, Int(precision) == 8 * byteCount else {
      return .unsupported("integer of \(precision) bits in \(byteCount) bytes", byteCount: byteCount)
    }
    let isSigned = bits & 8 != 0
    return .number(isSigned ? pair.1 : pair.0, isBigEndian: bits & 1 != 0 && byteCount > 1)
  }

  private static func parseFloat(
    _ reader: inout ByteReader, _ bits: UInt64, _ byteCount: Int
  ) throws(ModelFileError) -> HDF5Datatype {
    try reader.skip(4)
    let exponentLocation = try reader.readUInt8()
    let exponentCount = try reader.readUInt8()
    try reader.skip(1)
    let fractionCount = try reader.readUInt8()
    let bias = try reader.readUInt32()
    let type: ElementType
    switch (byteCount, exponentLocation, exponentCount, fractionCount, bias) {
    case (2, 10, 5, 10, 15): type = .float16
    case (2, 7, 8, 7, 127): type = .bfloat16
    case (4, 23, 8, 23, 127): type = .float32
    case (8, 52, 11, 52, 1023): type = .float64
    default: return .unsupported("floating-point number of \(byteCount) bytes", byteCount: byteCount)
    }
    // Bits 0 and 6 together mean the byte order of a VAX.
    guard bits & 0x41 != 0x41 else { return .unsupported("VAX floating-point number", byteCount: byteCount) }
    return .number(type, isBigEndian: bits & 1 != 0)
  }

  /// h5py keeps truth values as an enumeration of FALSE and TRUE over int8; any other counts as its base type.
  private static func parseEnumeration(
    _ reader: inout ByteReader, memberCount: Int, _ version: UInt8, _ byteCount: Int, _ depth: Int
  ) throws(ModelFileError) -> HDF5Datatype {
    let base = try parse(&reader, depth: depth + 1)
    guard case .number(let type, _) = base, type.byteCount == byteCount, !type.isFloatingPoint else {
      throw reader.context.malformed(expected: "an enumeration of integers", found: base.name)
    }
    guard memberCount == 2, byteCount == 1 else { return base }
    var names: [String] = []
    for _ in 0..<memberCount {
      let start = reader.position
      names.append(try reader.readNulTerminatedString())
      if version < 3 { try reader.align(to: 8, from: start) }
    }
    let values = try reader.readBytes(2)
    let isBoolean = names == ["FALSE", "TRUE"] && values == [0, 1]
    return isBoolean ? .number(.bool, isBigEndian: false) : base
  }
}
