import Foundation

/// What a container or an administrator takes from a process.
enum Limits {
  private struct Failure: Error {}

  static func useOneProcessor() throws {
    // Not among what Swift sees of the C library.
    typealias Affinity = @convention(c) (pid_t, Int, UnsafeMutablePointer<UInt>) -> Int32
    guard let get = dlsym(nil, "sched_getaffinity"), let set = dlsym(nil, "sched_setaffinity") else { return }
    var words = [UInt](repeating: 0, count: 128)
    let byteCount = words.count * MemoryLayout<UInt>.size
    guard unsafeBitCast(get, to: Affinity.self)(0, byteCount, &words) >= 0,
      let word = words.firstIndex(where: { $0 != 0 })
    else { throw Failure() }
    var one = [UInt](repeating: 0, count: words.count)
    one[word] = words[word] & (~words[word] + 1)
    guard unsafeBitCast(set, to: Affinity.self)(0, byteCount, &one) == 0 else { throw Failure() }
  }

  /// No thread can be created from now on.
  static func refuseThreads() throws {
    // The limit does not hold for the superuser.
    if getuid() == 0 { guard setgid(65534) == 0, setuid(65534) == 0 else { throw Failure() } }
    var limit = rlimit(rlim_cur: 1, rlim_max: 1)
    #if canImport(Glibc)
      guard setrlimit(__rlimit_resource_t(__RLIMIT_NPROC.rawValue), &limit) == 0 else { throw Failure() }
    #else
      guard setrlimit(RLIMIT_NPROC, &limit) == 0 else { throw Failure() }
    #endif
  }
}
