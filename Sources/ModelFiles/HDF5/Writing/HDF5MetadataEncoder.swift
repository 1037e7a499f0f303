/// Lays out everything but the data of datasets.
///
/// Children come before their parents, so that addresses are known when they are written down. The places of data and of
/// texts come last; their addresses are filled in at the end.
struct HDF5MetadataEncoder {
  private static let dataAlignment = 64
  private static let depthLimit = 64
  static let superblockByteCount = 96

  private(set) var image = ByteBuilder()
  private var heap = HDF5GlobalHeapEncoder()
  private var datasets: [(dataset: HDF5DatasetBuilder, addressPosition: Int)] = []

  /// What a parent keeps about a child.
  struct Entry {
    let headerAddress: Int
    /// The addresses of the B-tree and heap of a group.
    let symbolTable: (tree: Int, heap: Int)?
  }

  mutating func encode(_ root: HDF5GroupBuilder) throws(ModelFileError) -> HDF5Image {
    image.appendZeros(HDF5MetadataEncoder.superblockByteCount)
    let rootEntry = try add(root, depth: 0)
    heap.place(in: &image)

    var end = image.count
    var blocks: [HDF5Image.Block] = []
    for (dataset, position) in datasets {
      let address = end.roundedUp(to: HDF5MetadataEncoder.dataAlignment)
      image.overwrite(at: position, with: address)
      blocks.append(HDF5Image.Block(address: address, dataset: dataset))
      let (sum, overflow) = address.addingReportingOverflow(dataset.byteCount)
      guard !overflow, sum < Int.max - HDF5MetadataEncoder.dataAlignment else {
        throw ErrorContext(file: "HDF5", location: dataset.path)
          .error(.invalidArgument, expected: "a file of a possible size", found: "too much data")
      }
      end = sum
    }
    image.overwrite(at: 0, with: superblock(root: rootEntry, end: end))
    return HDF5Image(byteCount: end, metadata: image.bytes, blocks: blocks)
  }

  private func superblock(root: Entry, end: Int) -> [UInt8] {
    var block = ByteBuilder()
    block.append(HDF5Superblock.signature)
    block.append([0, 0, 0, 0, 0, 8, 8, 0])  // Versions, and fields of 8 bytes.
    block.append(UInt16(HDF5SymbolTableEncoder.leafRank))
    block.append(UInt16(HDF5SymbolTableEncoder.innerRank))
    block.append(0 as UInt32)
    block.append(0 as UInt64)
    block.append(UInt64.max)
    block.append(Int64(end))
    block.append(UInt64.max)
    HDF5SymbolTableEncoder.append(root, nameOffset: 0, to: &block)
    return block.bytes
  }

  private mutating func add(_ group: HDF5GroupBuilder, depth: Int) throws(ModelFileError) -> Entry {
    guard depth < HDF5MetadataEncoder.depthLimit else {
      throw ErrorContext(file: "HDF5", location: group.path).error(
        .limitExceeded, expected: "at most \(HDF5MetadataEncoder.depthLimit) nested groups", found: "more",
        remedy: "nest fewer groups")
    }
    let names = group.children.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var entries: [(name: String, entry: Entry)] = []
    for name in names {
      switch group.children[name] {
      case .group(let child)?: entries.append((name, try add(child, depth: depth + 1)))
      case .dataset(let child)?: entries.append((name, try add(child)))
      case nil: break
      }
    }
    let symbolTable = HDF5SymbolTableEncoder.add(entries, to: &image)
    var message = ByteBuilder()
    message.append(Int64(symbolTable.tree))
    message.append(Int64(symbolTable.heap))
    let messages = try [HDF5MessageEncoder.Message(.symbolTable, message.bytes)] + attributeMessages(of: group)
    return Entry(headerAddress: try addHeader(messages, group.path).address, symbolTable: symbolTable)
  }

  private mutating func add(_ dataset: HDF5DatasetBuilder) throws(ModelFileError) -> Entry {
    var layout = HDF5MessageEncoder.Message(
      .layout, HDF5MessageEncoder.contiguousLayout(byteCount: dataset.byteCount))
    if dataset.byteCount > 0 {
      layout.addressPosition = 2
    }
    let messages =
      try [
        HDF5MessageEncoder.Message(.dataspace, HDF5MessageEncoder.dataspace(dataset.shape)),
        HDF5MessageEncoder.Message(.datatype, HDF5MessageEncoder.datatype(dataset.elementType), isConstant: true),
        HDF5MessageEncoder.Message(.fillValue, HDF5MessageEncoder.noFillValue, isConstant: true),
        layout,
      ] + attributeMessages(of: dataset)
    let header = try addHeader(messages, dataset.path)
    if let position = header.dataAddressPosition { datasets.append((dataset, position)) }
    return Entry(headerAddress: header.address, symbolTable: nil)
  }

  private mutating func attributeMessages(
    of object: HDF5ObjectBuilder
  ) throws(ModelFileError) -> [HDF5MessageEncoder.Message] {
    var messages: [HDF5MessageEncoder.Message] = []
    for (name, value) in object.attributes {
      var message = HDF5MessageEncoder.Message(.attribute, try HDF5MessageEncoder.attribute(name, value))
      if case .string(let text) = value, !text.isEmpty { message.text = text }
      messages.append(message)
    }
    return messages
  }

  /// Writes an object header of version 1. Gives its address, and the place in it where that of the data goes.
  private mutating func addHeader(
    _ messages: [HDF5MessageEncoder.Message], _ path: String
  ) throws(ModelFileError) -> (address: Int, dataAddressPosition: Int?) {
    let byteCount = messages.reduce(0) { $0 + 8 + $1.body.count.roundedUp(to: 8) }
    guard messages.count <= 0xFFFF, byteCount <= 0x7FFF_FFFF else {
      throw ErrorContext(file: "HDF5", location: path).error(
        .invalidArgument, expected: "attributes that fit into an object header", found: "\(byteCount) bytes",
        remedy: "write fewer or smaller attributes")
    }
    image.pad(to: 8)
    let address = image.count
    var dataAddressPosition: Int?
    image.append(1 as UInt16)
    image.append(UInt16(messages.count))
    image.append(1 as UInt32)
    image.append(UInt32(byteCount))
    image.append(0 as UInt32)
    for message in messages {
      image.append(message.kind.rawValue)
      image.append(UInt16(message.body.count.roundedUp(to: 8)))
      image.append(message.isConstant ? 1 : 0 as UInt32)
      let start = image.count
      image.append(message.body)
      image.pad(to: 8)
      if let position = message.addressPosition { dataAddressPosition = start + position }
      // A reference to text is the last thing in its message: length, address, index.
      if let text = message.text { heap.add(text, referenceAt: start + message.body.count - 16) }
    }
    return (address, dataAddressPosition)
  }
}
