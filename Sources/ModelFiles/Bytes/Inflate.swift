import CZlib

/// Decompression with zlib into a buffer whose size was agreed before.
enum Inflate {
  /// How the compressed bytes are framed.
  enum Framing: Int32 {
    /// Bare deflate data, as zip members are.
    case raw = -15
    /// A zlib header and an Adler-32 checksum, as HDF5's gzip filter writes.
    case zlib = 15
    /// A gzip header and a CRC-32.
    case gzip = 31
  }

  /// Deflate cannot shrink data further than this factor; a larger claim is false.
  static let greatestRatio = 1032

  /// Decompresses `source`, which must give at most `limit` bytes.
  static func decompress(
    _ source: ByteSource, framing: Framing, limit: Int, in context: ErrorContext
  ) throws(ModelFileError) -> [UInt8] {
    // zlib keeps the address of the stream, so the stream must not move.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, framing.rawValue, ZLIB_VERSION, size) == Z_OK else {
      throw context.error(.system, expected: "memory for decompression", found: "none")
    }
    defer { inflateEnd(stream) }

    var output = [UInt8]()
    output.reserveCapacity(limit)
    var window = [UInt8](repeating: 0, count: min(limit + 1, 256 << 10))
    var status = Z_OK
    try source.forEachPiece(ofAtMost: 256 << 10) { piece throws(ModelFileError) in
      guard status == Z_OK else { return }
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(piece.count)
      repeat {
        let produced = window.withUnsafeMutableBufferPointer { buffer in
          stream.pointee.next_out = buffer.baseAddress
          stream.pointee.avail_out = UInt32(buffer.count)
          status = inflate(stream, Z_NO_FLUSH)
          return buffer.count - Int(stream.pointee.avail_out)
        }
        guard output.count + produced <= limit else {
          throw context.malformed(expected: "at most \(limit) bytes of decompressed data", found: "more")
        }
        output.append(contentsOf: window[..<produced])
      } while status == Z_OK && stream.pointee.avail_out == 0
      if status == Z_BUF_ERROR { status = Z_OK }  // The piece is used up; the next one follows.
    }
    guard status == Z_STREAM_END else {
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "an early end"
      throw context.malformed(expected: "complete compressed data", found: reason)
    }
    return output
  }
}

/// The CRC-32 of zip members.
struct CRC32 {
  private(set) var value: UInt32 = 0

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      value = UInt32(
        truncatingIfNeeded: crc32(
          uLong(value), piece.baseAddress?.assumingMemoryBound(to: UInt8.self), uInt(piece.count)))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
    }
  }
}
