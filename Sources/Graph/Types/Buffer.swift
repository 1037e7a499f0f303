#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The memory of one tensor: dense, row-major, 64-byte aligned, zero-filled at first.
///
/// A buffer is shared, not copied. Whoever creates one fills it before handing it out; from then on only an
/// executable that was told to update a parameter in place writes to it.
public final class Buffer: @unchecked Sendable {
  public let type: TensorType
  public let pointer: UnsafeMutableRawPointer
  public let byteCount: Int
  private let owner: (any Sendable)?

  /// Memory of `type`, zero-filled.
  public convenience init(_ type: TensorType) {
    self.init(uninitialized: type)
    memset(pointer, 0, Swift.max(byteCount, 64))
  }

  /// Memory of `type` for whoever fills it at once.
  public init(uninitialized type: TensorType) {
    self.type = type
    byteCount = type.byteCount
    pointer = UnsafeMutableRawPointer.allocate(byteCount: Swift.max(byteCount, 64), alignment: 64)
    owner = nil
  }

  /// Memory that somebody else holds: `owner` is retained for as long as the buffer lives.
  public init(_ type: TensorType, borrowing pointer: UnsafeMutableRawPointer, from owner: any Sendable) {
    self.type = type
    self.pointer = pointer
    byteCount = type.byteCount
    self.owner = owner
  }

  deinit {
    if owner == nil { pointer.deallocate() }
  }

  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer, count: byteCount) }
  public var mutableBytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: pointer, count: byteCount)
  }

  /// An independent copy.
  public func copy() -> Buffer {
    let other = Buffer(uninitialized: type)
    memcpy(other.pointer, pointer, byteCount)
    return other
  }
}
