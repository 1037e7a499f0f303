/// The shape of a dataset or attribute.
struct HDF5Dataspace {
  private static let rankLimit = 32

  let isNull: Bool
  let shape: [Int]
  /// The lengths up to which dimensions may grow; nil for no limit.
  let maximumShape: [Int?]

  init(_ reader: ByteReader, _ container: HDF5Container) throws(ModelFileError) {
    var reader = reader
    let version = try reader.readUInt8()
    let rank = Int(try reader.readUInt8())
    let flags = try reader.readUInt8()
    guard rank <= HDF5Dataspace.rankLimit else {
      throw reader.context.malformed(expected: "at most 32 dimensions", found: "\(rank)")
    }
    switch version {
    case 1:
      try reader.skip(5)
      isNull = false
    case 2:
      isNull = try reader.readUInt8() == 2
    default:
      throw reader.context.unsupported(expected: "dataspace version 1 or 2", found: "\(version)")
    }
    var shape: [Int] = []
    for _ in 0..<rank {
      shape.append(try container.readLength(&reader, "dimension"))
    }
    var maximumShape: [Int?] = shape
    if flags & 1 != 0 {
      for axis in 0..<rank {
        maximumShape[axis] = Int(exactly: try reader.readUnsigned(width: container.lengthWidth))
      }
    }
    for axis in 0..<rank {
      if let maximum = maximumShape[axis], maximum < shape[axis] {
        throw reader.context.malformed(expected: "a dimension of at most \(maximum)", found: "\(shape[axis])")
      }
    }
    self.shape = shape
    self.maximumShape = maximumShape
  }

  /// The number of elements, with overflow as an error.
  func count(_ context: ErrorContext) throws(ModelFileError) -> Int {
    if isNull || shape.contains(0) { return 0 }
    var count = 1
    for dimension in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow else {
        throw context.malformed(expected: "a possible shape", found: "\(shape)")
      }
      count = product
    }
    return count
  }
}
