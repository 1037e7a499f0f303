/// Random access to the bytes of a file or of an array. Slices share their storage.
///
/// Files are read with `pread` and not mapped: a file that another process truncates or rewrites while it is open then
/// gives an error, where touching a mapped page past the new end would kill the process with SIGBUS, and a length that
/// was checked cannot change before it is used. Nothing is copied twice: ``copyBytes(at:into:)`` reads from the system's
/// page cache straight into the caller's memory, which is the one copy that a tensor needs anyway, and resident memory
/// holds each weight once.
public struct ByteSource: Sendable {
  /// The path or label that errors name.
  public let name: String
  /// The number of bytes.
  public let count: Int
  private let storage: any ByteStorage
  private let start: Int

  /// The bytes of an array.
  public init(_ bytes: [UInt8], name: String = "memory") {
    self.init(storage: MemoryStorage(bytes), start: 0, count: bytes.count, name: name)
  }

  /// The bytes of a regular file, whose size is fixed at this moment.
  ///
  /// - Throws: ``ModelFileError`` of kind `.missing` or `.system`.
  public init(path: String) throws(ModelFileError) {
    let file = try FileStorage(path: path)
    if file.count <= FileStorage.blockByteCount {
      let bytes = try [UInt8](unsafeCount: file.count) { buffer throws(ModelFileError) in
        try file.copyBytes(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
      }
      self.init(bytes, name: path)
    } else {
      self.init(storage: file, start: 0, count: file.count, name: path)
    }
  }

  private init(storage: any ByteStorage, start: Int, count: Int, name: String) {
    self.storage = storage
    self.start = start
    self.count = count
    self.name = name
  }

  var context: ErrorContext { ErrorContext(file: name) }

  /// The `count` bytes from `offset`, sharing storage.
  ///
  /// - Parameter name: what errors call the slice; the name of the whole by default.
  public func slice(at offset: Int, count: Int, name: String? = nil) throws(ModelFileError) -> ByteSource {
    try check(offset, count)
    return ByteSource(storage: storage, start: start + offset, count: count, name: name ?? self.name)
  }

  /// The same elements with the bytes of each turned around, as they are read.
  func swappingBytes(ofElements byteCount: Int) -> ByteSource {
    byteCount < 2
      ? self
      : ByteSource(
        storage: SwappedStorage(base: self, elementByteCount: byteCount), start: 0, count: count, name: name)
  }

  /// Copies as many bytes as `destination` holds, from `offset`.
  public func copyBytes(at offset: Int, into destination: UnsafeMutableRawBufferPointer) throws(ModelFileError) {
    try check(offset, destination.count)
    try storage.copyBytes(at: start + offset, into: destination)
  }

  /// A copy of `count` bytes from `offset`.
  public func bytes(at offset: Int, count: Int) throws(ModelFileError) -> [UInt8] {
    try check(offset, count)
    return try [UInt8](unsafeCount: count) { buffer throws(ModelFileError) in
      try storage.copyBytes(at: start + offset, into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// A copy of all bytes.
  public func bytes() throws(ModelFileError) -> [UInt8] {
    try bytes(at: 0, count: count)
  }

  /// Calls `body` with the bytes in pieces of bounded size, so that a pass over a large file needs little memory.
  func forEachPiece(
    ofAtMost pieceCount: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    var offset = 0
    while offset < count {
      let piece = try bytes(at: offset, count: min(pieceCount, count - offset))
      var failure: ModelFileError?
      piece.withUnsafeBytes { buffer in
        do throws(ModelFileError) { try body(buffer) } catch { failure = error }
      }
      if let failure { throw failure }
      offset += piece.count
    }
  }

  private func check(_ offset: Int, _ length: Int) throws(ModelFileError) {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else {
      throw context.malformed(
        expected: "\(length) bytes at offset \(offset)", found: "\(count) bytes in all")
    }
  }
}

/// Where the bytes of a ``ByteSource`` live. Ranges are checked by the caller.
protocol ByteStorage: Sendable {
  func copyBytes(at offset: Int, into destination: UnsafeMutableRawBufferPointer) throws(ModelFileError)
}

private struct MemoryStorage: ByteStorage {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  func copyBytes(at offset: Int, into destination: UnsafeMutableRawBufferPointer) {
    bytes.withUnsafeBytes { source in
      destination.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + destination.count]))
    }
  }
}

/// The bytes of another source, those of each element turned around.
private struct SwappedStorage: ByteStorage {
  let base: ByteSource
  let elementByteCount: Int

  func copyBytes(at offset: Int, into destination: UnsafeMutableRawBufferPointer) throws(ModelFileError) {
    let start = offset - offset % elementByteCount
    guard start == offset, destination.count % elementByteCount == 0 else {
      let end = min(base.count, (offset + destination.count).roundedUp(to: elementByteCount))
      let whole = try swappingBytes(of: base.bytes(at: start, count: end - start))
      whole.withUnsafeBytes { bytes in
        destination.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[(offset - start)..<(offset - start + destination.count)]))
      }
      return
    }
    try base.copyBytes(at: offset, into: destination)
    for element in stride(from: 0, to: destination.count, by: elementByteCount) {
      var bytes = UnsafeMutableRawBufferPointer(rebasing: destination[element..<element + elementByteCount])
      bytes.reverse()
    }
  }

  private func swappingBytes(of bytes: [UInt8]) -> [UInt8] { bytes.swappingBytes(ofElements: elementByteCount) }
}
