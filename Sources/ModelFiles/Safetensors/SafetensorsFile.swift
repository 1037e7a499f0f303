/// Reads safetensors files: a JSON header, then the data of all tensors without gaps.
public struct SafetensorsFile: Sendable {
  static let headerLimit = 100_000_000

  /// The names of the tensors in the order of their data.
  public let names: [String]
  /// The texts under `__metadata__`.
  public let metadata: [String: String]
  private let tensors: [String: ArrayData]

  /// Checks the whole header: types, shapes, and that the data is covered exactly once.
  public init(_ source: ByteSource) throws(ModelFileError) {
    let context = source.context
    var prefix = ByteReader(try source.bytes(at: 0, count: min(8, source.count)), context: context)
    let headerByteCount = try prefix.readCount(width: 8, "header size")
    guard headerByteCount <= SafetensorsFile.headerLimit else {
      throw context.error(
        .limitExceeded, expected: "a header of at most \(SafetensorsFile.headerLimit) bytes",
        found: "\(headerByteCount)")
    }
    guard headerByteCount <= source.count - 8 else {
      throw context.malformed(expected: "a header of \(headerByteCount) bytes", found: "\(source.count) bytes in all")
    }
    let header = try JSONValue(parsing: source.bytes(at: 8, count: headerByteCount), name: source.name)
    guard let object = header.object else {
      throw context.malformed(expected: "an object in the header", found: header.kindName)
    }
    let data = try source.slice(at: 8 + headerByteCount, count: source.count - 8 - headerByteCount)
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for (name, value) in object {
      if name == "__metadata__" {
        metadata = try SafetensorsFile.parseMetadata(value, context.inside(name))
      } else {
        entries.append(try Entry(name, value, context.inside(name)))
      }
    }
    entries.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    var tensors: [String: ArrayData] = [:]
    var end = 0
    for entry in entries {
      guard entry.start == end, entry.end <= data.count else {
        throw context.inside(entry.name).malformed(
          expected: "data from offset \(end) on", found: "offsets \(entry.start) to \(entry.end)")
      }
      end = entry.end
      let bytes = try data.slice(
        at: entry.start, count: entry.end - entry.start, name: "\(source.name): \(entry.name)")
      tensors[entry.name] = try ArrayData(elementType: entry.elementType, shape: entry.shape, bytes: bytes)
    }
    guard end == data.count else {
      throw context.malformed(expected: "\(end) bytes of data", found: "\(data.count)")
    }
    self.metadata = metadata
    self.tensors = tensors
    names = entries.map(\.name)
  }

  /// The tensor called `name`, in place.
  public func array(_ name: String) throws(ModelFileError) -> ArrayData {
    guard let tensor = tensors[name] else {
      throw ModelFileError(
        .missing, file: tensors.first?.value.bytes.name ?? "safetensors", location: name,
        expected: "a tensor of this name", found: "only \(names.prefix(20).joined(separator: ", "))")
    }
    return tensor
  }

  private static func parseMetadata(
    _ value: JSONValue, _ context: ErrorContext
  ) throws(ModelFileError) -> [String: String] {
    guard let object = value.object else {
      throw context.malformed(expected: "an object", found: value.kindName)
    }
    var metadata: [String: String] = [:]
    for (name, member) in object {
      guard let text = member.string else {
        throw context.malformed(expected: "texts", found: member.kindName)
      }
      metadata[name] = text
    }
    return metadata
  }

  private struct Entry {
    let name: String
    let elementType: ElementType
    let shape: [Int]
    let start: Int
    let end: Int

    init(_ name: String, _ value: JSONValue, _ context: ErrorContext) throws(ModelFileError) {
      guard let object = value.object, object.keys.sorted() == ["data_offsets", "dtype", "shape"],
        let code = object["dtype"]?.string, let shape = Entry.integers(object["shape"]),
        let offsets = Entry.integers(object["data_offsets"]), offsets.count == 2
      else {
        throw context.malformed(expected: "dtype, shape and data_offsets", found: "another entry")
      }
      guard let elementType = SafetensorsType.elementType(code) else {
        throw context.unsupported(
          expected: "a known type", found: "“\(code)”", remedy: "convert the tensor to float32 before saving it")
      }
      guard let byteCount = elementType.byteCount(shape: shape), offsets[0] >= 0, offsets[1] >= offsets[0],
        offsets[1] - offsets[0] == byteCount
      else {
        throw context.malformed(expected: "the data of \(code), shape \(shape)", found: "offsets \(offsets)")
      }
      self.name = name
      self.elementType = elementType
      self.shape = shape
      start = offsets[0]
      end = offsets[1]
    }

    private static func integers(_ value: JSONValue?) -> [Int]? {
      guard let array = value?.array else { return nil }
      var result: [Int] = []
      for element in array {
        guard case .integer(let integer) = element, let length = Int(exactly: integer) else { return nil }
        result.append(length)
      }
      return result
    }
  }
}

/// The names of element types in safetensors headers.
enum SafetensorsType {
  private static let codes: [ElementType: String] = [
    .float16: "F16", .bfloat16: "BF16", .float32: "F32", .float64: "F64", .int8: "I8", .int16: "I16", .int32: "I32",
    .int64: "I64", .uint8: "U8", .uint16: "U16", .uint32: "U32", .uint64: "U64", .bool: "BOOL",
  ]

  static func elementType(_ code: String) -> ElementType? {
    codes.first { $0.value == code }?.key
  }

  static func code(_ type: ElementType) -> String? {
    codes[type]
  }
}
