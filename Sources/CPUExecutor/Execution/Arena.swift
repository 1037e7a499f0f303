import Graph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory for the values between the steps of a run. What it holds means nothing before a run or after.
final class Arena: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  /// What the system mapped, where the memory is the system's own and goes back to it at once.
  private let mapping: (start: UnsafeMutableRawPointer, byteCount: Int)?

  private static let largePage = 1 << 21

  init(byteCount: Int) throws(GraphError) {
    try MemoryLimit.check(byteCount, for: "the values between the steps")
    if byteCount >= 2 * Arena.largePage {
      self.byteCount = (byteCount + Arena.largePage - 1) / Arena.largePage * Arena.largePage
      let mapped = try Arena.map(self.byteCount + Arena.largePage)
      mapping = mapped
      let address = Int(bitPattern: mapped.start)
      pointer = mapped.start + (-address & (Arena.largePage - 1))
      #if canImport(Glibc)
        // Large pages: fewer faults in the first run, fewer misses in every other.
        madvise(pointer, self.byteCount, MADV_HUGEPAGE)
      #endif
    } else {
      self.byteCount = max(byteCount, 64)
      var memory: UnsafeMutableRawPointer?
      guard posix_memalign(&memory, 4096, self.byteCount) == 0, let memory else {
        throw Arena.refused(self.byteCount)
      }
      pointer = memory
      mapping = nil
    }
  }

  deinit {
    if let mapping { munmap(mapping.start, mapping.byteCount) } else { free(pointer) }
  }

  private static func map(_ byteCount: Int) throws(GraphError) -> (start: UnsafeMutableRawPointer, byteCount: Int) {
    let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != MAP_FAILED else { throw refused(byteCount) }
    return (start, byteCount)
  }

  private static func refused(_ byteCount: Int) -> GraphError {
    GraphError(
      "memory", "the values between the steps need \(byteCount) bytes, which the system refuses", kind: .memory)
  }
}
