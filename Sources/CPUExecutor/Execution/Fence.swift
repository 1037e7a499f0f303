#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Known bytes on both sides of a block, by which it shows that something was written outside.
enum Fence {
  /// More than any kernel was seen to overrun its memory by, and a multiple of every alignment.
  static let byteCount = 4096

  /// Neighbors differ, so that neither zeros nor repeated numbers pass for it.
  private static let pattern = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 * 167 + 89) }

  static func set(around pointer: UnsafeMutableRawPointer, byteCount count: Int) {
    pattern.withUnsafeBytes { pattern in
      (pointer - byteCount).copyMemory(from: pattern.baseAddress.unsafelyUnwrapped, byteCount: byteCount)
      (pointer + count).copyMemory(from: pattern.baseAddress.unsafelyUnwrapped, byteCount: byteCount)
    }
  }

  /// What was written outside of a block, in words; `nil` where nothing was.
  static func damage(around pointer: UnsafeRawPointer, byteCount count: Int) -> String? {
    pattern.withUnsafeBytes { pattern in
      let expected = pattern.baseAddress.unsafelyUnwrapped
      if memcmp(pointer + count, expected, byteCount) != 0 {
        let last = (0..<byteCount).last { (pointer + count + $0).load(as: UInt8.self) != pattern[$0] } ?? 0
        return "\(last + 1) bytes past the end"
      }
      if memcmp(pointer - byteCount, expected, byteCount) != 0 {
        let first = (0..<byteCount).first { (pointer - byteCount + $0).load(as: UInt8.self) != pattern[$0] } ?? 0
        return "\(byteCount - first) bytes before the start"
      }
      return nil
    }
  }
}
