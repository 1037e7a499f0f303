/// An array in an HDF5 file.
public struct HDF5Dataset: Sendable {
  /// Where the dataset was found, from “/”.
  public let path: String
  /// The lengths of the dimensions; empty for a scalar.
  public let shape: [Int]
  /// The type of the elements, or nil for one that is told by ``typeName`` but not read.
  ///
  /// NumPy's void of two bytes counts as `bfloat16` where the attribute `dtype` says so, as Keras writes it.
  public let elementType: ElementType?
  /// The name of the stored type, for messages and listings.
  public let typeName: String
  let container: HDF5Container
  let header: HDF5ObjectHeader
  private let dataspace: HDF5Dataspace
  private let datatype: HDF5Datatype
  private let layout: HDF5Layout
  /// The bytes of all elements as the file declares them.
  public let byteCount: Int

  init(_ container: HDF5Container, _ header: HDF5ObjectHeader, path: String) throws(ModelFileError) {
    let context = container.source.context.inside(path)
    guard let dataspaceMessage = try header.first(.dataspace), let datatypeMessage = try header.first(.datatype),
      let layoutMessage = try header.first(.layout)
    else {
      throw context.malformed(expected: "a dataset with shape, type and layout", found: "an incomplete one")
    }
    guard !header.contains(.externalFiles) else {
      throw context.error(
        .refused, expected: "data in this file", found: "a list of other files",
        remedy: "other files are never opened, for safety; save the data into the file itself")
    }
    dataspace = try HDF5Dataspace(dataspaceMessage, container)
    datatype = try HDF5Datatype(datatypeMessage)
    let (byteCount, overflow) = try dataspace.count(context).multipliedReportingOverflow(by: datatype.byteCount)
    guard !overflow else {
      throw context.malformed(expected: "a possible shape", found: "\(dataspace.shape)")
    }
    self.byteCount = byteCount
    layout = try HDF5Layout(layoutMessage, elementByteCount: datatype.byteCount, dataspace, container)
    shape = dataspace.shape
    self.path = path
    self.container = container
    self.header = header
    // Keras before 3.0.5, and the older .h5 format, store bfloat16 without saying what it is.
    if case .opaque(2) = datatype,
      try container.attributes(of: header, context).first(where: { $0.name == "dtype" })?.value().string
        ?? ElementType.bfloat16.rawValue == ElementType.bfloat16.rawValue
    {
      elementType = .bfloat16
      typeName = ElementType.bfloat16.rawValue
    } else {
      elementType = datatype.elementType
      typeName = datatype.name
    }
  }

  /// Whether the elements lie in the file one after the other, so that ``read()`` copies nothing.
  public var isContiguous: Bool {
    if case .chunked = layout { false } else { true }
  }

  /// The elements.
  ///
  /// Little-endian contiguous data stays in the file until the array is used. Chunks are put together in memory, which
  /// the budget of the file must allow.
  public func read() throws(ModelFileError) -> ArrayData {
    guard let elementType, elementType != .string else {
      throw context.error(.mismatch, expected: "numbers", found: typeName)
    }
    var bytes = try storedBytes()
    if case .number(_, isBigEndian: true) = datatype {
      bytes = bytes.swappingBytes(ofElements: elementType.byteCount)
    }
    return try ArrayData(elementType: elementType, shape: shape, bytes: bytes)
  }

  /// The elements of a dataset of text, in row-major order.
  public func readStrings() throws(ModelFileError) -> [String] {
    var decoder = HDF5StringDecoder(datatype, container, context)
    guard elementType == .string else {
      throw context.error(.mismatch, expected: "text", found: typeName)
    }
    return try decoder.strings(storedBytes().bytes(), count: dataspace.count(context))
  }

  /// The elements as stored, for opaque data.
  public func readBytes() throws(ModelFileError) -> [UInt8] {
    try storedBytes().bytes()
  }

  private var context: ErrorContext { container.source.context.inside(path) }

  private func storedBytes() throws(ModelFileError) -> ByteSource {
    if byteCount == 0 { return ByteSource([], name: container.source.name) }
    switch layout {
    case .compact(let bytes):
      guard bytes.count >= byteCount else { throw missingBytes(bytes.count) }
      return ByteSource(Array(bytes[..<byteCount]), name: container.source.name)
    case .contiguous(let address?, let count):
      guard count >= byteCount else { throw missingBytes(count) }
      guard address <= container.source.count, byteCount <= container.source.count - address else {
        throw missingBytes(max(0, container.source.count - address))
      }
      return try container.source.slice(at: address, count: byteCount)
    case .contiguous(nil, _):
      try container.budget.reserve(byteCount, for: "data that was never written", in: context)
      return ByteSource(try filled(), name: container.source.name)
    case .chunked(let chunks):
      let filters = try HDF5FilterPipeline(header.first(.filters), context)
      let reader = HDF5ChunkReader(container, chunks, filters, shape: shape, context)
      return ByteSource(try reader.read(into: filled), name: container.source.name)
    }
  }

  private func missingBytes(_ found: Int) -> ModelFileError {
    context.malformed(
      expected: "\(byteCount) bytes for \(typeName) of shape \(shape)", found: "\(found) in the file")
  }

  /// The bytes of a dataset of which nothing was written.
  private func filled() throws(ModelFileError) -> [UInt8] {
    guard let value = try fillValue(), value.contains(where: { $0 != 0 }) else {
      return [UInt8](repeating: 0, count: byteCount)
    }
    guard value.count == datatype.byteCount else {
      throw context.malformed(expected: "a fill value of \(datatype.byteCount) bytes", found: "\(value.count)")
    }
    return try [UInt8](unsafeCount: byteCount) { buffer throws(ModelFileError) in
      for start in stride(from: 0, to: byteCount, by: value.count) {
        for index in 0..<value.count { buffer.initializeElement(at: start + index, to: value[index]) }
      }
    }
  }

  private func fillValue() throws(ModelFileError) -> [UInt8]? {
    if var message = try header.first(.fillValue) {
      let version = try message.readUInt8()
      guard (1...3).contains(version) else {
        throw context.unsupported(expected: "fill value version 1 to 3", found: "\(version)")
      }
      if version == 3 {
        guard try message.readUInt8() & 0x20 != 0 else { return nil }
      } else {
        try message.skip(2)
        let isDefined = try message.readUInt8() != 0
        guard isDefined || version == 1 else { return nil }
      }
      let count = Int(try message.readUInt32())
      return count == 0 ? nil : try message.readBytes(count)
    }
    guard var message = try header.first(.oldFillValue) else { return nil }
    let count = Int(try message.readUInt32())
    return count == 0 ? nil : try message.readBytes(count)
  }
}
