/// Encodes the children of an old-style group: names in a local heap, entries in symbol table nodes, and a B-tree above.
enum HDF5SymbolTableEncoder {
  /// Half the most entries of a symbol table node.
  static let leafRank = 4
  /// Half the most children of a B-tree node.
  static let innerRank = 16
  private static let nodeByteCount = 24 + (2 * innerRank + 1) * 8 + 2 * innerRank * 8
  private static let entryByteCount = 40
  private static let undefined = UInt64.max

  /// A block on some level of the tree, with the heap offset of the last name below it.
  private struct Child {
    let address: Int
    let lastNameOffset: Int
  }

  /// - Parameter entries: the children, sorted by the bytes of their names.
  static func add(
    _ entries: [(name: String, entry: HDF5MetadataEncoder.Entry)], to image: inout ByteBuilder
  ) -> (tree: Int, heap: Int) {
    var nameOffsets: [Int] = []
    let heap = addHeap(entries.map(\.name), &nameOffsets, to: &image)
    var level: [Child] = []
    for start in stride(from: 0, to: entries.count, by: 2 * leafRank) {
      let end = min(start + 2 * leafRank, entries.count)
      level.append(Child(address: image.count, lastNameOffset: nameOffsets[end - 1]))
      image.append(signature: "SNOD")
      image.append([1, 0])
      image.append(UInt16(end - start))
      for index in start..<end { append(entries[index].entry, nameOffset: nameOffsets[index], to: &image) }
      image.appendZeros((2 * leafRank - (end - start)) * entryByteCount)
    }
    var height: UInt8 = 0
    repeat {
      level = addLevel(level, height, to: &image)
      height += 1
    } while level.count > 1
    return (level[0].address, heap)
  }

  static func append(_ entry: HDF5MetadataEncoder.Entry, nameOffset: Int, to bytes: inout ByteBuilder) {
    bytes.append(Int64(nameOffset))
    bytes.append(Int64(entry.headerAddress))
    bytes.append(entry.symbolTable == nil ? 0 : 1 as UInt32)
    bytes.append(0 as UInt32)
    bytes.append(Int64(entry.symbolTable?.tree ?? 0))
    bytes.append(Int64(entry.symbolTable?.heap ?? 0))
  }

  private static func addHeap(_ names: [String], _ offsets: inout [Int], to image: inout ByteBuilder) -> Int {
    var data = ByteBuilder()
    data.appendZeros(8)  // The empty name, which is the lower bound of every tree.
    for name in names {
      offsets.append(data.count)
      data.append(name.utf8)
      data.append([0])
      data.pad(to: 8)
    }
    image.pad(to: 8)
    let address = image.count
    image.append(signature: "HEAP")
    image.append(0 as UInt32)
    image.append(Int64(data.count))
    image.append(1 as UInt64)  // No free space.
    image.append(Int64(address + 32))
    image.append(data.bytes)
    return address
  }

  /// Writes the nodes above `children`, at least one, and gives them.
  private static func addLevel(_ children: [Child], _ height: UInt8, to image: inout ByteBuilder) -> [Child] {
    let capacity = 2 * innerRank
    let count = max(1, (children.count + capacity - 1) / capacity)
    let first = image.count
    var nodes: [Child] = []
    var previousNameOffset = 0
    for index in 0..<count {
      let own = children[min(index * capacity, children.count)..<min((index + 1) * capacity, children.count)]
      let address = image.count
      image.append(signature: "TREE")
      image.append([0, height])
      image.append(UInt16(own.count))
      image.append(index == 0 ? undefined : UInt64(first + (index - 1) * nodeByteCount))
      image.append(index == count - 1 ? undefined : UInt64(first + (index + 1) * nodeByteCount))
      image.append(Int64(previousNameOffset))
      for child in own {
        image.append(Int64(child.address))
        image.append(Int64(child.lastNameOffset))
        previousNameOffset = child.lastNameOffset
      }
      image.appendZeros(address + nodeByteCount - image.count)
      nodes.append(Child(address: address, lastNameOffset: previousNameOffset))
    }
    return nodes
  }
}
