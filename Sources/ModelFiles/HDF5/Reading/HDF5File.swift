/// Reads HDF5 files: the part of the format that Keras and h5py write, in every version of it.
///
/// That is superblocks 0 to 3, old and new groups, attributes, and datasets that are compact, contiguous or chunked with
/// the filters gzip, shuffle and fletcher32. Links out of a group other than hard links, data in other files and virtual
/// datasets are refused wherever a path meets them.
public struct HDF5File: Sendable {
  /// The group “/”.
  public let root: HDF5Group

  /// - Parameters:
  ///   - budget: what may be allocated for chunked data and metadata; by default from the size of the file.
  ///   - allowingTruncation: whether a file that is shorter than it says may be opened, to show what it still holds.
  public init(
    _ source: ByteSource, budget: AllocationBudget? = nil, allowingTruncation: Bool = false
  ) throws(ModelFileError) {
    try self.init(source, budget: budget, verifyingChecksums: true, allowingTruncation: allowingTruncation)
  }

  init(
    _ source: ByteSource, budget: AllocationBudget?, verifyingChecksums: Bool, allowingTruncation: Bool = false
  ) throws(ModelFileError) {
    let superblock = try HDF5Superblock(source, allowingTruncation: allowingTruncation)
    let container = HDF5Container(
      source: superblock.content, offsetWidth: superblock.offsetWidth, lengthWidth: superblock.lengthWidth,
      budget: budget ?? .standard(forFileOf: source.count), verifiesChecksums: verifyingChecksums)
    try superblock.verify(with: container)
    root = try HDF5Group(container, at: superblock.rootAddress, path: "/", ancestors: [])
  }

  /// Whether these bytes start as an HDF5 file does.
  public static func isHDF5(_ source: ByteSource) -> Bool {
    (try? source.bytes(at: 0, count: 8)) == HDF5Superblock.signature
  }
}
