/// Reads `.npz` files: zip archives of `.npy` members, stored or deflated.
public struct NPZFile: Sendable {
  /// The names of the arrays, in the order of the archive, without `.npy`.
  public let names: [String]
  private let archive: ZipArchive
  private let budget: AllocationBudget

  /// - Parameter budget: what may be allocated for compressed arrays; by default from the size of the file.
  public init(_ source: ByteSource, budget: AllocationBudget? = nil) throws(ModelFileError) {
    self.budget = budget ?? .standard(forFileOf: source.count)
    archive = try ZipArchive(source, budget: self.budget)
    names = archive.members.map(\.name).filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
  }

  /// The array called `name`.
  public func array(_ name: String) throws(ModelFileError) -> ArrayData {
    try file(name).read()
  }

  /// The member called `name`, whose shape and type can be seen before its data is read.
  public func file(_ name: String) throws(ModelFileError) -> NPYFile {
    try NPYFile(archive.contents(of: name + ".npy"), budget: budget)
  }
}

/// Writes `.npz` files as `numpy.savez` does.
public final class NPZWriter {
  private let archive: ZipWriter

  public init(_ sink: any ByteSink) {
    archive = ZipWriter(sink)
  }

  /// Adds an array.
  public func add(_ name: String, _ array: ArrayData) throws(ModelFileError) {
    try archive.add(name + ".npy", byteCount: NPYFile.byteCount(of: array)) { member throws(ModelFileError) in
      try NPYFile.write(array, to: member)
    }
  }

  /// Completes the file.
  public func finish() throws(ModelFileError) {
    try archive.finish()
  }
}
