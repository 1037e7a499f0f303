/// The value of an attribute.
public enum HDF5AttributeValue: Sendable, Equatable {
  case string(String)
  /// A list of texts, in row-major order for more than one dimension.
  case strings([String])
  /// Numbers; a scalar has the empty shape.
  case array(ArrayData)
  /// NumPy's void.
  case bytes([UInt8])
  /// No value: h5py's `Empty`.
  case null

  /// The text of a scalar, or nil.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The texts, one for a scalar, none for an empty list of any type, or nil.
  public var strings: [String]? {
    switch self {
    case .string(let text): [text]
    case .strings(let texts): texts
    case .array(let array) where array.count == 0: []
    default: nil
    }
  }

  /// The number of an array of one element if it is whole, or nil.
  public var int: Int? {
    guard case .array(let array) = self, array.count == 1 else { return nil }
    return (try? array.integers())?.first.flatMap { Int(exactly: $0) }
  }
}

/// A parsed attribute message, whose value is decoded when it is asked for.
struct HDF5Attribute {
  let name: String
  let creationOrder: Int?
  private let datatype: HDF5Datatype
  private let dataspace: HDF5Dataspace
  private let data: ByteReader
  private let container: HDF5Container

  init(_ reader: ByteReader, creationOrder: Int?, _ container: HDF5Container) throws(ModelFileError) {
    var reader = reader
    let origin = reader.position
    let version = try reader.readUInt8()
    let flags = try reader.readUInt8()
    guard (1...3).contains(version) else {
      throw reader.context.unsupported(expected: "attribute version 1 to 3", found: "\(version)")
    }
    let nameCount = Int(try reader.readUInt16())
    let datatypeCount = Int(try reader.readUInt16())
    let dataspaceCount = Int(try reader.readUInt16())
    if version == 3 { try reader.skip(1) }
    let alignment = version == 1 ? 8 : 1
    var nameField = try reader.readPart(nameCount)
    name = try nameField.readNulTerminatedString()
    let context = reader.context.inside("attribute “\(name)”")
    try reader.align(to: alignment, from: origin)
    let datatypeField = try reader.readPart(datatypeCount, in: context)
    try reader.align(to: alignment, from: origin)
    let dataspaceField = try reader.readPart(dataspaceCount, in: context)
    try reader.align(to: alignment, from: origin)
    let isSharedType = version > 1 && flags & 1 != 0
    guard version == 1 || flags & 2 == 0 else {
      throw context.unsupported(expected: "an attribute with a shape of its own", found: "a shared one")
    }
    datatype = try HDF5Datatype(isSharedType ? container.sharedMessage(.datatype, datatypeField) : datatypeField)
    dataspace = try HDF5Dataspace(dataspaceField, container)
    data = try reader.readPart(reader.remaining, in: context)
    self.creationOrder = creationOrder
    self.container = container
  }

  func value() throws(ModelFileError) -> HDF5AttributeValue {
    if dataspace.isNull { return .null }
    let context = data.context
    let count = try dataspace.count(context)
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: datatype.byteCount)
    guard !overflow, byteCount <= data.remaining else {
      throw context.malformed(
        expected: "\(count) elements of \(datatype.byteCount) bytes", found: "\(data.remaining) bytes")
    }
    var reader = data
    let bytes = try reader.readBytes(byteCount)
    switch datatype {
    case .number(let type, let isBigEndian):
      let ordered = isBigEndian ? bytes.swappingBytes(ofElements: type.byteCount) : bytes
      let source = ByteSource(ordered, name: context.file)
      return .array(try ArrayData(elementType: type, shape: dataspace.shape, bytes: source))
    case .fixedString, .variableString:
      var decoder = HDF5StringDecoder(datatype, container, context)
      let texts = try decoder.strings(bytes, count: count)
      return dataspace.shape.isEmpty ? .string(texts.first ?? "") : .strings(texts)
    case .opaque:
      return .bytes(bytes)
    case .unsupported(let name, _):
      throw context.unsupported(expected: "numbers or text", found: name)
    }
  }
}

extension HDF5Container {
  /// The attributes of an object, in the order of creation where it keeps it.
  func attributes(of header: HDF5ObjectHeader, _ context: ErrorContext) throws(ModelFileError) -> [HDF5Attribute] {
    var attributes: [HDF5Attribute] = []
    for message in try header.all(.attribute) {
      attributes.append(try HDF5Attribute(message, creationOrder: nil, self))
    }
    if let info = try header.first(.attributeInfo) {
      attributes += try denseAttributes(info, context)
    }
    var names: Set<String> = []
    for attribute in attributes where !names.insert(attribute.name).inserted {
      throw context.malformed(expected: "attribute names that differ", found: "two “\(attribute.name)”")
    }
    return attributes
  }

  private func denseAttributes(
    _ info: ByteReader, _ context: ErrorContext
  ) throws(ModelFileError) -> [HDF5Attribute] {
    var info = info
    let version = try info.readUInt8()
    guard version == 0 else {
      throw context.unsupported(expected: "attribute info version 0", found: "\(version)")
    }
    let tracksOrder = try info.readUInt8() & 1 != 0
    if tracksOrder { try info.skip(2) }
    guard let heapAddress = try readAddress(&info), let treeAddress = try readAddress(&info) else { return [] }
    var heap = try HDF5FractalHeap(self, at: heapAddress, context)
    let tree = try HDF5BTree2(self, at: treeAddress, type: .attributeNames, context)
    var attributes: [HDF5Attribute] = []
    for record in try tree.records() {
      var record = record
      let identifier = try record.readBytes(8)
      let flags = try record.readUInt8()
      let order = Int(try record.readUInt32())
      guard flags & 2 == 0 else {
        throw context.unsupported(expected: "attributes of their own", found: "a shared attribute")
      }
      attributes.append(try HDF5Attribute(heap.object(identifier), creationOrder: order, self))
    }
    guard tracksOrder else {
      return attributes.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
    return attributes.sorted { ($0.creationOrder ?? 0) < ($1.creationOrder ?? 0) }
  }
}
