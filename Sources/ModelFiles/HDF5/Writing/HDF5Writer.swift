/// Writes HDF5 files as h5py does by default: superblock 0, old-style groups, contiguous little-endian datasets.
///
/// Describe the file through ``root``, then call ``image()``. Equal descriptions give equal bytes. The data of datasets
/// is not held: each is written when its turn comes, at a multiple of 64 bytes.
///
/// ```swift
/// let writer = HDF5Writer()
/// let layer = try writer.root.addGroup("layers").addGroup("dense").addGroup("vars")
/// try layer.addDataset("0", ArrayData(kernel, shape: [784, 10]))
/// try AtomicFile.write(to: "model.weights.h5") { file throws(ModelFileError) in
///   try writer.image().write(to: file)
/// }
/// ```
public final class HDF5Writer {
  /// The group “/”.
  public let root: HDF5GroupBuilder

  public init() {
    root = HDF5GroupBuilder(path: "/")
  }

  /// Lays the file out. Later changes to the description do not reach the image.
  public func image() throws(ModelFileError) -> HDF5Image {
    var encoder = HDF5MetadataEncoder()
    return try encoder.encode(root)
  }
}

/// A file that is laid out and ready to be written.
public struct HDF5Image {
  struct Block {
    let address: Int
    let dataset: HDF5DatasetBuilder
  }

  /// The size of the file.
  public let byteCount: Int
  let metadata: [UInt8]
  let blocks: [Block]

  /// Writes the file from front to back.
  ///
  /// - Throws: ``ModelFileError`` when a dataset writes more or fewer bytes than its shape says; whatever sink or
  ///   datasets throw.
  public func write(to sink: any ByteSink) throws(ModelFileError) {
    let origin = sink.position
    try sink.write(metadata)
    for block in blocks {
      try sink.writeZeros(origin + block.address - sink.position)
      let start = sink.position
      try block.dataset.contents(sink)
      guard sink.position - start == block.dataset.byteCount else {
        throw ErrorContext(file: sink.name, location: block.dataset.path).error(
          .invalidArgument, expected: "\(block.dataset.byteCount) bytes of data", found: "\(sink.position - start)")
      }
    }
  }
}
