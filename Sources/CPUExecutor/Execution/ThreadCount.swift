import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The threads that one run may use: `KERAS_NUM_THREADS`, else all processors.
enum ThreadCount {
  static let current: Int32 = {
    if let text = getenv("KERAS_NUM_THREADS"), let count = Int32(String(cString: text)), count > 0 {
      return min(count, 1024)
    }
    return ck_thread_count()
  }()

  /// OpenMP keeps the count for each calling thread, so every entry point sets it.
  static func apply() { ck_use_threads(current) }
}
