/// A stored chunk.
struct HDF5Chunk {
  /// The place in the grid of chunks.
  let gridIndex: [Int]
  let address: Int
  let byteCount: Int
  let filterMask: UInt32
}

/// Puts the chunks of a dataset together.
struct HDF5ChunkReader {
  private let container: HDF5Container
  private let chunks: HDF5Chunks
  private let filters: HDF5FilterPipeline
  private let shape: [Int]
  private let context: ErrorContext

  init(
    _ container: HDF5Container, _ chunks: HDF5Chunks, _ filters: HDF5FilterPipeline, shape: [Int],
    _ context: ErrorContext
  ) {
    self.container = container
    self.chunks = chunks
    self.filters = filters
    self.shape = shape
    self.context = context
  }

  /// The elements in row-major order.
  ///
  /// - Parameter filled: makes the bytes that stand where chunks are missing. It is called once the budget allows it.
  func read(into filled: () throws(ModelFileError) -> [UInt8]) throws(ModelFileError) -> [UInt8] {
    let (chunkByteCount, gridByteCount) = try sizes()
    // The whole grid counts, edges included: it bounds the work of decoding as well as the memory.
    try container.budget.reserve(gridByteCount, for: "chunked data", in: context)
    var result = try filled()
    guard chunks.address != nil else { return result }

    var found: Set<[Int]> = []
    let locator = HDF5ChunkLocator(
      container, chunks, shape: shape, isFiltered: !filters.isEmpty, chunkByteCount, context)
    try locator.forEachChunk { chunk throws(ModelFileError) in
      guard zip(chunk.gridIndex, grid).allSatisfy({ $0 < $1 }) else { return }  // Left over from a larger shape.
      guard found.insert(chunk.gridIndex).inserted else {
        throw context.malformed(expected: "each chunk once", found: "chunk \(chunk.gridIndex) twice")
      }
      guard chunk.address <= container.source.count, chunk.byteCount <= container.source.count - chunk.address else {
        throw context.malformed(
          expected: "\(chunk.byteCount) bytes of chunk \(chunk.gridIndex)", found: "the end of the file")
      }
      let stored = try container.source.slice(at: chunk.address, count: chunk.byteCount)
      let skipsFilters = chunks.leavesEdgesUnfiltered && reachesOverEdge(chunk.gridIndex)
      let mask = skipsFilters ? UInt32.max : chunk.filterMask
      let bytes = try filters.decode(stored, mask: mask, byteCount: chunkByteCount)
      copy(bytes, of: chunk.gridIndex, into: &result)
    }
    return result
  }

  private var grid: [Int] {
    zip(shape, chunks.chunkShape).map { ($0 - 1) / $1 + 1 }
  }

  private func reachesOverEdge(_ gridIndex: [Int]) -> Bool {
    shape.indices.contains { (gridIndex[$0] + 1) * chunks.chunkShape[$0] > shape[$0] }
  }

  /// The bytes of one chunk and of all in the grid.
  private func sizes() throws(ModelFileError) -> (chunk: Int, grid: Int) {
    let counts = zip(grid, chunks.chunkShape)
    var chunkByteCount = chunks.elementByteCount
    var gridByteCount = chunks.elementByteCount
    for (count, length) in counts {
      let (chunk, chunkOverflow) = chunkByteCount.multipliedReportingOverflow(by: length)
      let (padded, paddedOverflow) = count.multipliedReportingOverflow(by: length)
      let (total, totalOverflow) = gridByteCount.multipliedReportingOverflow(by: padded)
      guard !chunkOverflow, !paddedOverflow, !totalOverflow else {
        throw context.malformed(expected: "possible chunks", found: "shape \(chunks.chunkShape)")
      }
      chunkByteCount = chunk
      gridByteCount = total
    }
    return (chunkByteCount, gridByteCount)
  }

  /// Copies the part of a chunk that lies in the dataset, one innermost run after the other.
  private func copy(_ bytes: [UInt8], of gridIndex: [Int], into result: inout [UInt8]) {
    let rank = shape.count
    let chunkShape = chunks.chunkShape
    let start = (0..<rank).map { gridIndex[$0] * chunkShape[$0] }
    let extent = (0..<rank).map { min(chunkShape[$0], shape[$0] - start[$0]) }
    let runByteCount = extent[rank - 1] * chunks.elementByteCount
    var position = [Int](repeating: 0, count: rank - 1)
    bytes.withUnsafeBytes { source in
      result.withUnsafeMutableBytes { destination in
        while true {
          var from = 0
          var to = 0
          for axis in 0..<rank {
            let offset = axis < rank - 1 ? position[axis] : 0
            from = from * chunkShape[axis] + offset
            to = to * shape[axis] + start[axis] + offset
          }
          from *= chunks.elementByteCount
          to *= chunks.elementByteCount
          UnsafeMutableRawBufferPointer(rebasing: destination[to..<to + runByteCount])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[from..<from + runByteCount]))
          var axis = rank - 2
          while axis >= 0 {
            position[axis] += 1
            if position[axis] < extent[axis] { break }
            position[axis] = 0
            axis -= 1
          }
          if axis < 0 { return }
        }
      }
    }
  }
}
