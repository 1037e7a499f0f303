import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open file read with `pread`. Small reads, as parsers make them, go through a few cached blocks.
final class FileStorage: ByteStorage {
  static let blockByteCount = 64 << 10
  private static let cachedBlockLimit = 64

  let count: Int
  private let path: String
  private let descriptor: Int32
  private let blocks = Mutex<[Int: [UInt8]]>([:])

  init(path: String) throws(ModelFileError) {
    let context = ErrorContext(file: path)
    guard !path.utf8.contains(0) else {
      throw context.error(.invalidArgument, expected: "a path", found: "a NUL character in it")
    }
    // Not blocking: opening a named pipe must fail below, not wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw SystemFailure.error(errno, context, expected: "a readable file")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw SystemFailure.error(code, context, expected: "a readable file")
    }
    guard status.st_mode & S_IFMT == S_IFREG, let count = Int(exactly: status.st_size) else {
      close(descriptor)
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw context.error(.system, expected: "a file", found: isFolder ? "a folder" : "a device or pipe")
    }
    self.path = path
    self.descriptor = descriptor
    self.count = count
  }

  deinit {
    close(descriptor)
  }

  func copyBytes(at offset: Int, into destination: UnsafeMutableRawBufferPointer) throws(ModelFileError) {
    guard destination.count < FileStorage.blockByteCount else {
      return try readFile(at: offset, into: destination)
    }
    var position = offset
    var written = 0
    while written < destination.count {
      let blockIndex = position / FileStorage.blockByteCount
      let block = try block(blockIndex)
      let lower = position - blockIndex * FileStorage.blockByteCount
      let length = min(block.count - lower, destination.count - written)
      block.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(rebasing: destination[written..<written + length])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[lower..<lower + length]))
      }
      position += length
      written += length
    }
  }

  private func block(_ index: Int) throws(ModelFileError) -> [UInt8] {
    if let block = blocks.withLock({ $0[index] }) { return block }
    let start = index * FileStorage.blockByteCount
    let block = try [UInt8](unsafeCount: min(FileStorage.blockByteCount, count - start)) {
      buffer throws(ModelFileError) in
      try readFile(at: start, into: UnsafeMutableRawBufferPointer(buffer))
    }
    blocks.withLock { blocks in
      if blocks.count >= FileStorage.cachedBlockLimit { blocks.removeAll(keepingCapacity: true) }
      blocks[index] = block
    }
    return block
  }

  private func readFile(at offset: Int, into destination: UnsafeMutableRawBufferPointer) throws(ModelFileError) {
    var done = 0
    while done < destination.count, let base = destination.baseAddress {
      let result = pread(descriptor, base + done, destination.count - done, off_t(offset + done))
      if result > 0 {
        done += result
      } else if result == 0 {
        throw ErrorContext(file: path).error(
          .system, expected: "\(count) bytes, as when it was opened", found: "an end at byte \(offset + done)",
          remedy: "another program changed the file; open it again when that is done")
      } else if errno != EINTR {
        throw SystemFailure.error(errno, ErrorContext(file: path), expected: "a readable file")
      }
    }
  }
}
