/// Finds the chunks of a dataset through whichever index it has.
struct HDF5ChunkLocator {
  let container: HDF5Container
  let chunks: HDF5Chunks
  let shape: [Int]
  let isFiltered: Bool
  let chunkByteCount: Int
  let context: ErrorContext

  init(
    _ container: HDF5Container, _ chunks: HDF5Chunks, shape: [Int], isFiltered: Bool, _ chunkByteCount: Int,
    _ context: ErrorContext
  ) {
    self.container = container
    self.chunks = chunks
    self.shape = shape
    self.isFiltered = isFiltered
    self.chunkByteCount = chunkByteCount
    self.context = context
  }

  typealias Body = (HDF5Chunk) throws(ModelFileError) -> Void

  func forEachChunk(_ body: Body) throws(ModelFileError) {
    guard let address = chunks.address else { return }
    switch chunks.index {
    case .bTree1: try forEachInBTree1(address, body)
    case .bTree2: try forEachInBTree2(address, body)
    case .single(let filtered):
      let origin = shape.map { _ in 0 }
      try body(
        HDF5Chunk(
          gridIndex: origin, address: address, byteCount: filtered?.byteCount ?? chunkByteCount,
          filterMask: filtered?.mask ?? 0))
    case .implicit:
      try forEachImplicit(address, body)
    case .fixedArray:
      let array = try HDF5FixedArray(container, at: address, context)
      let order = try HDF5ChunkOrder(self)
      try array.forEachElement { index, element throws(ModelFileError) in
        try visit(element, entryByteCount: array.elementByteCount, at: order.gridIndex(index), body)
      }
    case .extensibleArray:
      let array = try HDF5ExtensibleArray(container, at: address, context)
      let order = try HDF5ChunkOrder(self, firstAxis: chunks.maximumShape.firstIndex(of: nil) ?? 0)
      try array.forEachElement { index, element throws(ModelFileError) in
        try visit(element, entryByteCount: array.elementByteCount, at: order.gridIndex(index), body)
      }
    }
  }

  private func forEachInBTree1(_ address: Int, _ body: Body) throws(ModelFileError) {
    let tree = HDF5BTree1(container, .chunks(shape.count), context)
    try tree.forEachLeafChild(at: address) { key, child throws(ModelFileError) in
      var key = key
      let byteCount = Int(try key.readUInt32())
      let mask = try key.readUInt32()
      var gridIndex: [Int] = []
      for length in chunks.chunkShape {
        let offset = try key.readCount(width: 8, "chunk offset")
        guard offset % length == 0 else {
          throw context.malformed(expected: "chunk offsets in steps of \(length)", found: "\(offset)")
        }
        gridIndex.append(offset / length)
      }
      try body(HDF5Chunk(gridIndex: gridIndex, address: child, byteCount: byteCount, filterMask: mask))
    }
  }

  private func forEachInBTree2(_ address: Int, _ body: Body) throws(ModelFileError) {
    let type: HDF5BTree2.RecordType = isFiltered ? .filteredChunks : .chunks
    let tree = try HDF5BTree2(container, at: address, type: type, context)
    let sizeWidth = tree.recordByteCount - container.offsetWidth - 4 - 8 * shape.count
    for record in try tree.records() {
      var record = record
      let child = try container.requireAddress(&record, "a chunk")
      let byteCount = isFiltered ? try record.readCount(width: sizeWidth, "chunk size") : chunkByteCount
      let mask = isFiltered ? try record.readUInt32() : 0
      var gridIndex: [Int] = []
      for _ in shape { gridIndex.append(try record.readCount(width: 8, "chunk index")) }
      try body(HDF5Chunk(gridIndex: gridIndex, address: child, byteCount: byteCount, filterMask: mask))
    }
  }

  private func forEachImplicit(_ address: Int, _ body: Body) throws(ModelFileError) {
    let order = try HDF5ChunkOrder(self)
    for index in 0..<order.count {
      let (offset, overflow) = index.multipliedReportingOverflow(by: chunkByteCount)
      guard !overflow, address <= container.source.count, offset <= container.source.count - address else {
        throw context.malformed(expected: "\(order.count) chunks", found: "the end of the file")
      }
      try body(
        HDF5Chunk(
          gridIndex: order.gridIndex(index), address: address + offset, byteCount: chunkByteCount, filterMask: 0))
    }
  }

  /// Parses an array element: an address, and for filtered chunks a size and a mask.
  private func visit(
    _ element: ByteReader, entryByteCount: Int, at gridIndex: [Int], _ body: Body
  ) throws(ModelFileError) {
    var element = element
    guard let address = try container.readAddress(&element) else { return }
    guard isFiltered else {
      return try body(
        HDF5Chunk(gridIndex: gridIndex, address: address, byteCount: chunkByteCount, filterMask: 0))
    }
    let byteCount = try element.readCount(width: entryByteCount - container.offsetWidth - 4, "chunk size")
    let mask = try element.readUInt32()
    try body(HDF5Chunk(gridIndex: gridIndex, address: address, byteCount: byteCount, filterMask: mask))
  }
}

/// The order in which array indexes number the chunks: row-major over the grid of the largest possible shape, with the
/// dimension that can grow without limit first.
struct HDF5ChunkOrder {
  private let axes: [Int]
  private let lengths: [Int]
  /// The number of chunks in the grid.
  let count: Int

  init(_ locator: HDF5ChunkLocator, firstAxis: Int = 0) throws(ModelFileError) {
    var axes = Array(locator.shape.indices)
    axes.remove(at: firstAxis)
    axes.insert(firstAxis, at: 0)
    self.axes = axes
    var lengths: [Int] = []
    var count = 1
    for axis in axes {
      let extent = locator.chunks.maximumShape[axis] ?? locator.shape[axis]
      let length = max(1, (extent - 1) / locator.chunks.chunkShape[axis] + 1)
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow else {
        throw locator.context.malformed(expected: "a possible grid of chunks", found: "\(locator.chunks.maximumShape)")
      }
      lengths.append(length)
      count = product
    }
    self.lengths = lengths
    self.count = count
  }

  func gridIndex(_ index: Int) -> [Int] {
    var rest = index
    var result = axes
    for place in axes.indices.reversed() where place > 0 {
      result[axes[place]] = rest % lengths[place]
      rest /= lengths[place]
    }
    result[axes[0]] = rest
    return result
  }
}
