/// Where writers put their bytes: a file or an array.
public protocol ByteSink: AnyObject {
  /// The path or label that errors name.
  var name: String { get }
  /// The number of bytes written so far.
  var position: Int { get }
  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(ModelFileError)
  /// Replaces bytes written earlier.
  func overwrite(at offset: Int, with bytes: [UInt8]) throws(ModelFileError)
}

extension ByteSink {
  public func write(_ bytes: [UInt8]) throws(ModelFileError) {
    var failure: ModelFileError?
    bytes.withUnsafeBytes { buffer in
      do throws(ModelFileError) { try write(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Appends all bytes of `source` in pieces.
  public func write(_ source: ByteSource) throws(ModelFileError) {
    try source.forEachPiece { piece throws(ModelFileError) in try write(piece) }
  }

  func writeZeros(_ count: Int) throws(ModelFileError) {
    if count > 0 { try write([UInt8](repeating: 0, count: count)) }
  }
}

/// A sink in memory.
public final class MemorySink: ByteSink {
  public let name: String
  public private(set) var bytes: [UInt8] = []

  public init(name: String = "memory") {
    self.name = name
  }

  public var position: Int { bytes.count }

  public func write(_ more: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: more)
  }

  public func overwrite(at offset: Int, with replacement: [UInt8]) throws(ModelFileError) {
    guard offset >= 0, offset <= bytes.count, replacement.count <= bytes.count - offset else {
      throw ErrorContext(file: name).error(
        .invalidArgument, expected: "bytes written before", found: "offset \(offset)")
    }
    bytes.replaceSubrange(offset..<offset + replacement.count, with: replacement)
  }
}
