/// A named reference from a group.
struct HDF5Link: Sendable {
  enum Target: Sendable {
    /// The address of an object header in this file.
    case hard(Int)
    case soft(String)
    case external(String)
    case userDefined(UInt8)
  }

  let name: String
  let target: Target
  let creationOrder: UInt64?

  /// Parses a link message.
  init(_ reader: ByteReader, _ container: HDF5Container) throws(ModelFileError) {
    var reader = reader
    let version = try reader.readUInt8()
    guard version == 1 else {
      throw reader.context.unsupported(expected: "link version 1", found: "\(version)")
    }
    let flags = try reader.readUInt8()
    let type = flags & 0x08 != 0 ? try reader.readUInt8() : 0
    creationOrder = flags & 0x04 != 0 ? try reader.readUInt64() : nil
    if flags & 0x10 != 0 { try reader.skip(1) }
    name = try reader.readString(reader.readCount(width: 1 << Int(flags & 3), "name length"))
    switch type {
    case 0:
      target = .hard(try container.requireAddress(&reader, "“\(name)”"))
    case 1:
      target = .soft(String(decoding: try reader.readBytes(Int(reader.readUInt16())), as: UTF8.self))
    case 64:
      target = .external(String(decoding: try reader.readBytes(Int(reader.readUInt16())), as: UTF8.self))
    default:
      target = .userDefined(type)
    }
  }

  init(name: String, target: Target) {
    self.name = name
    self.target = target
    creationOrder = nil
  }
}

/// The links of a group in file order, with an index by name.
struct HDF5LinkTable: Sendable {
  let names: [String]
  private let links: [HDF5Link]
  private let indexByName: [String: Int]

  init(_ links: [HDF5Link], _ context: ErrorContext) throws(ModelFileError) {
    var indexByName: [String: Int] = [:]
    for (index, link) in links.enumerated() {
      guard indexByName.updateValue(index, forKey: link.name) == nil else {
        throw context.malformed(expected: "names that differ", found: "two links “\(link.name)”")
      }
    }
    self.links = links
    names = links.map(\.name)
    self.indexByName = indexByName
  }

  subscript(name: String) -> HDF5Link? {
    indexByName[name].map { links[$0] }
  }
}

extension HDF5Container {
  /// The links of the group with this header.
  func linkTable(of header: HDF5ObjectHeader, _ context: ErrorContext) throws(ModelFileError) -> HDF5LinkTable {
    if let table = links.withLock({ $0[header.address] }) { return table }
    let found: [HDF5Link]
    if let symbolTable = try header.first(.symbolTable) {
      found = try symbolTableLinks(symbolTable, context)
    } else {
      var inHeader: [HDF5Link] = []
      for message in try header.all(.link) {
        inHeader.append(try HDF5Link(message, self))
      }
      if let info = try header.first(.linkInfo) { inHeader += try denseLinks(info, context) }
      found = HDF5Container.inFileOrder(inHeader)
    }
    let table = try HDF5LinkTable(found, context)
    links.withLock { $0[header.address] = table }
    return table
  }

  /// In the order of creation where the group keeps it, and else by name, as h5py lists them.
  private static func inFileOrder(_ links: [HDF5Link]) -> [HDF5Link] {
    if links.allSatisfy({ $0.creationOrder != nil }) {
      return links.sorted { ($0.creationOrder ?? 0) < ($1.creationOrder ?? 0) }
    }
    return links.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Links in a fractal heap, found through a B-tree over their names.
  private func denseLinks(_ info: ByteReader, _ context: ErrorContext) throws(ModelFileError) -> [HDF5Link] {
    var info = info
    let version = try info.readUInt8()
    guard version == 0 else { throw context.unsupported(expected: "link info version 0", found: "\(version)") }
    if try info.readUInt8() & 1 != 0 { try info.skip(8) }
    guard let heapAddress = try readAddress(&info), let treeAddress = try readAddress(&info) else { return [] }
    var heap = try HDF5FractalHeap(self, at: heapAddress, context)
    let tree = try HDF5BTree2(self, at: treeAddress, type: .linkNames, context)
    var links: [HDF5Link] = []
    for record in try tree.records() {
      var record = record
      try record.skip(4)  // The hash of the name.
      links.append(try HDF5Link(heap.object(record.readRest()), self))
    }
    return links
  }
}
