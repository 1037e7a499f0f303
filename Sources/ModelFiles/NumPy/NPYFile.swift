/// Reads and writes `.npy` files, one array each: versions 1 to 3, either byte order and either memory order.
///
/// Arrays of Python objects are pickles, which can run code; they are refused.
public struct NPYFile: Sendable {
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  private static let headerLimit = 1 << 20

  /// The type of the elements; `string` for text.
  public let elementType: ElementType
  /// The lengths of the dimensions; empty for a scalar.
  public let shape: [Int]
  private let isBigEndian: Bool
  private let isFortranOrder: Bool
  /// The bytes of an element of text, and whether it is UTF-32 rather than single bytes.
  private let text: (byteCount: Int, isUnicode: Bool)
  private let data: ByteSource
  private let budget: AllocationBudget

  /// - Parameter budget: what may be allocated to bring elements into order; by default from the size of the file.
  public init(_ source: ByteSource, budget: AllocationBudget? = nil) throws(ModelFileError) {
    let context = source.context
    var prefix = ByteReader(try source.bytes(at: 0, count: min(12, source.count)), context: context)
    guard (try? prefix.readBytes(6)) == NPYFile.magic else {
      throw context.malformed(expected: "a .npy file", found: "no NumPy signature")
    }
    let version = try prefix.readUInt8()
    _ = try prefix.readUInt8()
    guard (1...3).contains(version) else {
      throw context.unsupported(expected: "version 1 to 3", found: "\(version)")
    }
    let headerByteCount = version == 1 ? Int(try prefix.readUInt16()) : Int(try prefix.readUInt32())
    guard headerByteCount <= NPYFile.headerLimit else {
      throw context.error(
        .limitExceeded, expected: "a header of at most \(NPYFile.headerLimit) bytes", found: "\(headerByteCount)")
    }
    let header = try NPYHeader(source.bytes(at: prefix.position, count: headerByteCount), context)
    let type = try NPYFile.parseDescriptor(header.descriptor, context)
    elementType = type.elementType
    isBigEndian = type.isBigEndian
    text = (type.byteCount, type.isUnicode)
    isFortranOrder = header.isFortranOrder
    shape = header.shape
    self.budget = budget ?? .standard(forFileOf: source.count)

    let start = prefix.position + headerByteCount
    // An element has as many bytes as that many 8-bit numbers.
    guard let count = ElementType.uint8.byteCount(shape: shape) else {
      throw context.malformed(expected: "a possible shape", found: "\(shape)")
    }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
    guard !overflow, byteCount == source.count - start else {
      throw context.malformed(
        expected: "the data of shape \(shape), \(type.byteCount) bytes each", found: "\(source.count - start) bytes")
    }
    data = try source.slice(at: start, count: byteCount)
  }

  /// The elements, in place where the file has them in row-major, little-endian order.
  public func read() throws(ModelFileError) -> ArrayData {
    guard elementType != .string else {
      throw data.context.error(.mismatch, expected: "numbers", found: "text")
    }
    guard isBigEndian || isFortranOrder else {
      return try ArrayData(elementType: elementType, shape: shape, bytes: data)
    }
    try budget.reserve(data.count, for: "an array in another order", in: data.context)
    var bytes = try data.bytes()
    if isBigEndian { bytes = bytes.swappingBytes(ofElements: elementType.byteCount) }
    if isFortranOrder {
      bytes = NPYFile.rowMajor(bytes, shape: shape, elementByteCount: elementType.byteCount)
    }
    return try ArrayData(elementType: elementType, shape: shape, bytes: ByteSource(bytes, name: data.name))
  }

  /// The elements of an array of text, in row-major order.
  public func readStrings() throws(ModelFileError) -> [String] {
    guard elementType == .string, !isFortranOrder || shape.count < 2 else {
      throw data.context.error(.mismatch, expected: "text in row-major order", found: elementType.rawValue)
    }
    var reader = ByteReader(try data.bytes(), context: data.context)
    var strings: [String] = []
    while reader.remaining > 0 {
      let element = try reader.readBytes(text.byteCount)
      strings.append(try text.isUnicode ? decodeUTF32(element) : decodeBytes(element))
    }
    return strings
  }

  private func decodeUTF32(_ element: [UInt8]) throws(ModelFileError) -> String {
    let ordered = isBigEndian ? element.swappingBytes(ofElements: 4) : element
    var reader = ByteReader(ordered, context: data.context)
    var scalars = String.UnicodeScalarView()
    while reader.remaining >= 4 {
      guard let scalar = Unicode.Scalar(try reader.readUInt32()) else {
        throw data.context.malformed(expected: "text in UTF-32", found: "another number")
      }
      scalars.append(scalar)
    }
    while scalars.last == "\0" { scalars.removeLast() }
    return String(scalars)
  }

  private func decodeBytes(_ element: [UInt8]) throws(ModelFileError) -> String {
    var bytes = element[...]
    while bytes.last == 0 { bytes.removeLast() }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw data.context.malformed(expected: "text in UTF-8", found: "other bytes")
    }
    return text
  }

  private struct Descriptor {
    var elementType: ElementType
    var byteCount: Int
    var isBigEndian = false
    var isUnicode = false
  }

  private static func parseDescriptor(
    _ text: String, _ context: ErrorContext
  ) throws(ModelFileError) -> Descriptor {
    let order = text.first ?? " "
    let code = "<>|=".contains(order) ? String(text.dropFirst()) : text
    if code.hasPrefix("O") {
      throw context.error(
        .refused, expected: "plain numbers or text", found: "Python objects, which are pickled",
        remedy: "pickles can run code and are never read; save numbers, with allow_pickle=False")
    }
    let isBigEndian = order == ">"
    if let type = typesByCode[code] {
      return Descriptor(elementType: type, byteCount: type.byteCount, isBigEndian: isBigEndian && type.byteCount > 1)
    }
    if let kind = code.first, kind == "U" || kind == "S", let length = Int(code.dropFirst()), length > 0,
      length <= 1 << 28
    {
      let isUnicode = kind == "U"
      return Descriptor(
        elementType: .string, byteCount: isUnicode ? 4 * length : length, isBigEndian: isBigEndian,
        isUnicode: isUnicode)
    }
    throw context.unsupported(
      expected: "floating-point numbers, integers, truth values or text", found: "the type “\(text)”",
      remedy: "convert the array with astype before saving it")
  }

  private static let typesByCode: [String: ElementType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool, "?": .bool,
  ]

  /// Reorders elements whose first index varies fastest.
  private static func rowMajor(_ bytes: [UInt8], shape: [Int], elementByteCount size: Int) -> [UInt8] {
    guard shape.count > 1, !bytes.isEmpty else { return bytes }
    var strides: [Int] = []
    var stride = size
    for length in shape {
      strides.append(stride)
      stride *= length
    }
    var result = bytes
    var position = [Int](repeating: 0, count: shape.count)
    var from = 0
    bytes.withUnsafeBytes { source in
      result.withUnsafeMutableBytes { destination in
        for to in Swift.stride(from: 0, to: source.count, by: size) {
          for byte in 0..<size { destination[to + byte] = source[from + byte] }
          for axis in shape.indices.reversed() {
            position[axis] += 1
            from += strides[axis]
            if position[axis] < shape[axis] { break }
            from -= strides[axis] * shape[axis]
            position[axis] = 0
          }
        }
      }
    }
    return result
  }
}

extension NPYFile {
  /// The bytes of the file that ``write(_:to:)`` makes.
  public static func byteCount(of array: ArrayData) throws(ModelFileError) -> Int {
    try header(for: array).count + array.bytes.count
  }

  /// Writes an array as version 1, row-major and little-endian, with the data at a multiple of 64 bytes.
  ///
  /// - Throws: ``ModelFileError`` of kind `.invalidArgument` for bfloat16, which NumPy does not have.
  public static func write(_ array: ArrayData, to sink: any ByteSink) throws(ModelFileError) {
    try sink.write(header(for: array))
    try sink.write(array.bytes)
  }

  private static func header(for array: ArrayData) throws(ModelFileError) -> [UInt8] {
    guard let code = typesByCode.first(where: { $0.value == array.elementType && $0.key != "?" })?.key else {
      throw ErrorContext(file: "NPY").error(
        .invalidArgument, expected: "a type that NumPy has", found: array.elementType.rawValue,
        remedy: "convert the array to float32 first")
    }
    // The length field of version 1 has 16 bits, far more than shapes of 32 dimensions need.
    guard array.shape.count <= 32 else {
      throw ErrorContext(file: "NPY").error(
        .invalidArgument, expected: "at most 32 dimensions", found: "\(array.shape.count)")
    }
    return NPYHeader.encoded(
      descriptor: (array.elementType.byteCount == 1 ? "|" : "<") + code, shape: array.shape)
  }
}
