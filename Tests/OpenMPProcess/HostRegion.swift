import Foundation

/// A parallel region of OpenMP, as a program that uses OpenMP itself would run it.
enum HostRegion {
  private final class Work {
    let parts: [() -> Void]
    init(_ parts: [() -> Void]) { self.parts = parts }
  }

  private typealias Body = @convention(c) (UnsafeMutableRawPointer?) -> Void
  private typealias Parallel = @convention(c) (Body, UnsafeMutableRawPointer?, UInt32, UInt32) -> Void
  private typealias Number = @convention(c) () -> Int32

  private static func entry<T>(_ name: String, as type: T.Type) -> T? {
    dlsym(nil, name).map { unsafeBitCast($0, to: type) }
  }

  /// Runs the parts on as many threads as OpenMP gives.
  static func run(_ parts: [() -> Void]) {
    guard let parallel = entry("GOMP_parallel", as: Parallel.self) else { return parts.forEach { $0() } }
    let work = Unmanaged.passRetained(Work(parts))
    let body: Body = { pointer in
      guard let pointer, let thread = HostRegion.entry("omp_get_thread_num", as: Number.self),
        let threads = HostRegion.entry("omp_get_num_threads", as: Number.self)
      else { return }
      let parts = Unmanaged<Work>.fromOpaque(pointer).takeUnretainedValue().parts
      for part in stride(from: Int(thread()), to: parts.count, by: Int(threads())) { parts[part]() }
    }
    parallel(body, work.toOpaque(), UInt32(parts.count), 0)
    work.release()
  }
}
