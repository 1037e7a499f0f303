#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a temporary file in the same folder; ``commit()`` flushes it to the disk, renames it over the old file
/// and flushes the folder. Whatever happens before, a full disk or a killed process, the old file stays as it was.
/// A file that is not committed is removed. On Linux the temporary file has no name until the commit where the file
/// system allows that, so that not even a killed process leaves one behind.
public final class AtomicFile: ByteSink {
  private static let bufferByteCount = 1 << 20

  public let name: String
  public var position: Int { flushedCount + buffer.count }
  private let destination: FileDestination
  private let temporary: [CChar]
  private var descriptor: Int32
  /// Whether the temporary file is in its folder already.
  private var isNamed: Bool
  private var buffer: [UInt8] = []
  private var flushedCount = 0

  /// Starts a new version of the file at `path`. Symbolic links are followed, also to where no file is yet;
  /// permissions are kept.
  public init(path: String) throws(ModelFileError) {
    let context = ErrorContext(file: path)
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw context.error(.invalidArgument, expected: "a path", found: "an empty one, or a NUL character in it")
    }
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw context.error(
        .invalidArgument, expected: "a new name or a file to replace",
        found: isFolder ? "a folder" : "a device or pipe")
    }
    name = path
    destination = try FileDestination(path, context)
    temporary = destination.temporary()
    if let unnamed = AtomicFile.openUnnamed(in: destination.folder) {
      descriptor = unnamed
      isNamed = false
    } else {
      descriptor = try AtomicFile.openNamed(temporary, path, context)
      isNamed = true
    }
    if exists { _ = fchmod(descriptor, status.st_mode & 0o7777) }
    buffer.reserveCapacity(AtomicFile.bufferByteCount)
  }

  deinit {
    discard()
  }

  /// Writes a file through `body`; commits if it returns, removes the temporary file if it throws.
  ///
  /// - Parameter durable: whether to wait for the disk; see ``commit(durable:)``.
  public static func write(
    to path: String, durable: Bool = true, _ body: (AtomicFile) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    let file = try AtomicFile(path: path)
    try body(file)
    try file.commit(durable: durable)
  }

  public func write(_ bytes: UnsafeRawBufferPointer) throws(ModelFileError) {
    guard descriptor >= 0 else { throw closedError }
    if bytes.count >= AtomicFile.bufferByteCount {
      try flush()
      try writeFile(bytes, at: flushedCount)
      flushedCount += bytes.count
    } else {
      if buffer.count + bytes.count > AtomicFile.bufferByteCount { try flush() }
      buffer.append(contentsOf: bytes)
    }
  }

  public func overwrite(at offset: Int, with bytes: [UInt8]) throws(ModelFileError) {
    guard descriptor >= 0 else { throw closedError }
    guard offset >= 0, offset <= position, bytes.count <= position - offset else {
      throw context.error(.invalidArgument, expected: "bytes written before", found: "offset \(offset)")
    }
    try flush()
    try writeFile(bytes, at: offset)
  }

  /// Makes the file durable and visible under its name.
  ///
  /// - Parameter durable: whether to wait until the disk has it, some milliseconds. What is made again easily need not;
  ///   a crash of the whole machine may then lose it.
  public func commit(durable: Bool = true) throws(ModelFileError) {
    guard descriptor >= 0 else { throw closedError }
    do throws(ModelFileError) {
      try flush()
      guard !durable || fsync(descriptor) == 0 else {
        throw SystemFailure.error(errno, context, expected: "a completed write")
      }
      try giveName()
      let closed = close(descriptor)
      descriptor = -1
      guard closed == 0 else { throw SystemFailure.error(errno, context, expected: "a completed write") }
      guard rename(temporary, destination.path) == 0 else {
        throw SystemFailure.error(errno, context, expected: "to rename the finished file into place")
      }
    } catch {
      discard()
      if isNamed { unlink(temporary) }
      throw error
    }
    if durable { try AtomicFile.synchronizeFolder(destination.folder, context) }
  }

  /// Removes what was written. The old file stays. Does nothing after ``commit()``.
  public func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    if isNamed { unlink(temporary) }
  }

  private var context: ErrorContext { ErrorContext(file: name) }

  private var closedError: ModelFileError {
    context.error(.invalidArgument, expected: "a file that is still being written", found: "a finished one")
  }

  private func flush() throws(ModelFileError) {
    guard !buffer.isEmpty else { return }
    try writeFile(buffer, at: flushedCount)
    flushedCount += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  private func writeFile(_ bytes: [UInt8], at offset: Int) throws(ModelFileError) {
    var failure: ModelFileError?
    bytes.withUnsafeBytes { pointer in
      do throws(ModelFileError) { try writeFile(pointer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func writeFile(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ModelFileError) {
    var done = 0
    let limit = FileSizeSignal()
    defer { limit.end() }
    while done < bytes.count, let base = bytes.baseAddress {
      let result = pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
      if result > 0 {
        done += result
      } else if result == 0 || errno != EINTR {
        throw SystemFailure.error(result == 0 ? ENOSPC : errno, context, expected: "to write \(bytes.count) bytes")
      }
    }
  }

  private static func openNamed(_ temporary: [CChar], _ path: String, _ context: ErrorContext) throws(ModelFileError)
    -> Int32
  {
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw SystemFailure.error(
        errno, context, expected: "to create a file in the folder of “\(path)”")
    }
    return descriptor
  }

  /// A file without a name in a folder, or nil where the system has no such files.
  private static func openUnnamed(in folder: [CChar]) -> Int32? {
    #if os(Linux)
      // Only through this folder can the file get its name.
      guard access("/proc/self/fd", X_OK) == 0 else { return nil }
      // O_TMPFILE, whose macro is not imported.
      let descriptor = open(folder, 0o20000000 | O_DIRECTORY | O_WRONLY | O_CLOEXEC, 0o666)
      return descriptor >= 0 ? descriptor : nil
    #else
      return nil
    #endif
  }

  private func giveName() throws(ModelFileError) {
    #if os(Linux)
      guard !isNamed else { return }
      let source = "/proc/self/fd/\(descriptor)"
      guard linkat(AT_FDCWD, source, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0 else {
        throw SystemFailure.error(errno, context, expected: "to name the finished file")
      }
      isNamed = true
    #endif
  }

  private static func synchronizeFolder(_ folder: [CChar], _ context: ErrorContext) throws(ModelFileError) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    // Some file systems do not let a folder be opened or flushed; the rename itself is done by now.
    guard descriptor >= 0 else { return }
    let result = fsync(descriptor)
    let code = errno
    close(descriptor)
    if result != 0, code == EIO || code == ENOSPC {
      throw SystemFailure.error(code, context, expected: "a durable rename")
    }
  }
}
