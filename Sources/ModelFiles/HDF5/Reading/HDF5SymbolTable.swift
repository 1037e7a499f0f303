extension HDF5Container {
  /// The links of an old-style group: a B-tree of symbol table nodes, with the names in a local heap.
  func symbolTableLinks(_ message: ByteReader, _ context: ErrorContext) throws(ModelFileError) -> [HDF5Link] {
    var message = message
    let treeAddress = try requireAddress(&message, "a B-tree")
    let heap = try localHeap(at: requireAddress(&message, "a local heap"), context)
    var links: [HDF5Link] = []
    var visits = visits(context)
    let tree = HDF5BTree1(self, .group, context)
    try tree.forEachLeafChild(at: treeAddress) { _, address throws(ModelFileError) in
      var head = try reader(at: address, count: 8, context)
      try head.expect("SNOD", "a symbol table node")
      try head.skip(2)
      let count = Int(try head.readUInt16())
      let entryByteCount = lengthWidth + offsetWidth + 24
      try visits.enter(address, count: 8 + count * entryByteCount)
      var entries = try reader(at: address + 8, count: count * entryByteCount, context)
      for _ in 0..<count {
        links.append(try symbolTableEntry(entries.readPart(entryByteCount), heap, context))
      }
    }
    return links
  }

  private func symbolTableEntry(
    _ entry: ByteReader, _ heap: [UInt8], _ context: ErrorContext
  ) throws(ModelFileError) -> HDF5Link {
    var entry = entry
    let name = try heapString(heap, at: readLength(&entry, "name offset"), context)
    let address = try readAddress(&entry)
    let cacheType = try entry.readUInt32()
    try entry.skip(4)
    if cacheType == 2 {
      return HDF5Link(name: name, target: .soft(try heapString(heap, at: Int(entry.readUInt32()), context)))
    }
    guard let address else {
      throw context.malformed(expected: "the address of “\(name)”", found: "an undefined one")
    }
    return HDF5Link(name: name, target: .hard(address))
  }

  private func localHeap(at address: Int, _ context: ErrorContext) throws(ModelFileError) -> [UInt8] {
    var header = try reader(at: address, count: 8 + 2 * lengthWidth + offsetWidth, context)
    try header.expect("HEAP", "a local heap")
    try header.skip(4)
    let count = try readLength(&header, "heap size")
    _ = try readLength(&header, "free list offset")
    var data = try reader(at: requireAddress(&header, "heap data"), count: count, context)
    return data.readRest()
  }

  private func heapString(
    _ heap: [UInt8], at offset: Int, _ context: ErrorContext
  ) throws(ModelFileError) -> String {
    guard offset < heap.count, let end = heap[offset...].firstIndex(of: 0),
      let text = String(validating: heap[offset..<end], as: UTF8.self)
    else {
      throw context.malformed(expected: "a name in the local heap", found: "none at offset \(offset)")
    }
    return text
  }
}
