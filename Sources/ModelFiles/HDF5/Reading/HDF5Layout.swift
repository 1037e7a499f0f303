/// Where the elements of a dataset lie.
enum HDF5Layout {
  case compact([UInt8])
  /// An address, nil where nothing was written yet, and a number of bytes.
  case contiguous(Int?, Int)
  case chunked(HDF5Chunks)

  init(
    _ reader: ByteReader, elementByteCount: Int, _ dataspace: HDF5Dataspace, _ container: HDF5Container
  ) throws(ModelFileError) {
    var reader = reader
    let context = reader.context
    let version = try reader.readUInt8()
    guard (3...5).contains(version) else {
      throw context.unsupported(expected: "layout version 3 to 5", found: "\(version)")
    }
    let kind = try reader.readUInt8()
    switch kind {
    case 0:
      self = .compact(try reader.readBytes(Int(reader.readUInt16())))
    case 1:
      let address = try container.readAddress(&reader)
      self = .contiguous(address, try container.readLength(&reader, "data size"))
    case 2:
      self = .chunked(
        try version == 3
          ? HDF5Chunks(version3: &reader, elementByteCount: elementByteCount, dataspace, container)
          : HDF5Chunks(version4: &reader, elementByteCount: elementByteCount, dataspace, container))
    case 3:
      throw context.error(
        .refused, expected: "data in this file", found: "a virtual dataset",
        remedy: "other files are never opened, for safety; save the data into the file itself")
    default:
      throw context.unsupported(expected: "compact, contiguous or chunked data", found: "layout class \(kind)")
    }
  }
}

/// The shape of chunks and how they are found.
struct HDF5Chunks {
  enum Index {
    case bTree1
    /// The stored size and the filter mask of filtered data.
    case single(filtered: (byteCount: Int, mask: UInt32)?)
    case implicit
    case fixedArray
    case extensibleArray
    case bTree2
  }

  let index: Index
  /// Where the index lies; nil where nothing was written yet.
  let address: Int?
  let chunkShape: [Int]
  let elementByteCount: Int
  /// Whether chunks that reach over the edge of the dataset skip the filters.
  let leavesEdgesUnfiltered: Bool
  let maximumShape: [Int?]

  fileprivate init(
    version3 reader: inout ByteReader, elementByteCount: Int, _ dataspace: HDF5Dataspace, _ container: HDF5Container
  ) throws(ModelFileError) {
    let rank = try HDF5Chunks.rank(&reader, dataspace)
    address = try container.readAddress(&reader)
    chunkShape = try HDF5Chunks.readShape(&reader, width: 4, rank, elementByteCount)
    index = .bTree1
    self.elementByteCount = elementByteCount
    leavesEdgesUnfiltered = false
    maximumShape = dataspace.maximumShape
  }

  fileprivate init(
    version4 reader: inout ByteReader, elementByteCount: Int, _ dataspace: HDF5Dataspace, _ container: HDF5Container
  ) throws(ModelFileError) {
    let flags = try reader.readUInt8()
    let rank = try HDF5Chunks.rank(&reader, dataspace)
    let width = Int(try reader.readUInt8())
    chunkShape = try HDF5Chunks.readShape(&reader, width: width, rank, elementByteCount)
    let type = try reader.readUInt8()
    switch type {
    case 1:
      if flags & 2 != 0 {
        let byteCount = try container.readLength(&reader, "chunk size")
        index = .single(filtered: (byteCount, try reader.readUInt32()))
      } else {
        index = .single(filtered: nil)
      }
    case 2:
      index = .implicit
    case 3:
      try reader.skip(1)
      index = .fixedArray
    case 4:
      try reader.skip(5)
      index = .extensibleArray
    case 5:
      try reader.skip(6)
      index = .bTree2
    default:
      throw reader.context.unsupported(expected: "chunk index type 1 to 5", found: "\(type)")
    }
    address = try container.readAddress(&reader)
    self.elementByteCount = elementByteCount
    leavesEdgesUnfiltered = flags & 1 != 0
    maximumShape = dataspace.maximumShape
  }

  /// The stored rank counts one more dimension, the bytes of an element.
  private static func rank(
    _ reader: inout ByteReader, _ dataspace: HDF5Dataspace
  ) throws(ModelFileError) -> Int {
    let rank = Int(try reader.readUInt8()) - 1
    guard rank == dataspace.shape.count, rank > 0 else {
      throw reader.context.malformed(expected: "chunks of rank \(dataspace.shape.count)", found: "\(rank)")
    }
    return rank
  }

  private static func readShape(
    _ reader: inout ByteReader, width: Int, _ rank: Int, _ elementByteCount: Int
  ) throws(ModelFileError) -> [Int] {
    var shape: [Int] = []
    for _ in 0..<rank { shape.append(try reader.readCount(width: width, "chunk length")) }
    let stored = try reader.readCount(width: width, "element size")
    guard !shape.contains(0), stored == elementByteCount else {
      throw reader.context.malformed(
        expected: "chunks of elements of \(elementByteCount) bytes", found: "shape \(shape), \(stored) bytes")
    }
    return shape
  }
}
