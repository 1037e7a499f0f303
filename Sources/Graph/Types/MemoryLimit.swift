#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps sizes that come from a model's description from being asked of a machine that cannot have them.
public enum MemoryLimit {
  /// The bytes that this process can have: the machine's memory, or less where the process or its container is limited.
  public static let byteCount: Int = {
    let (pages, page) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    let (bytes, overflow) = pages.multipliedReportingOverflow(by: page)
    let machine = pages > 0 && page > 0 && !overflow ? bytes : 1 << 40
    return ([addressSpace] + controlGroups.map(number(in:))).compactMap { $0 }.reduce(machine, min)
  }()

  /// Where Linux says what the control group of a container may use, in its two versions.
  private static let controlGroups = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]

  /// The number that a file holds, if it is there and holds one above 0.
  private static func number(in path: String) -> Int? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 32)
    guard fgets(&text, Int32(text.count), file) != nil else { return nil }
    let value = strtoll(text, nil, 10)
    return value > 0 ? Int(value) : nil
  }

  /// The limit of the process's address space, if it has one.
  private static var addressSpace: Int? {
    var limit = rlimit()
    #if canImport(Glibc)
      guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    #else
      guard getrlimit(RLIMIT_AS, &limit) == 0 else { return nil }
    #endif
    return Int(exactly: limit.rlim_cur)
  }

  /// - Throws: `GraphError` where the types together need more than the process can have.
  public static func check(_ types: [TensorType], for what: String) throws(GraphError) {
    var total = 0
    for type in types {
      let (sum, overflow) = total.addingReportingOverflow(type.byteCount)
      total = overflow || !type.shape.isValid ? .max : sum
      if total == .max { break }
    }
    try check(total, for: what)
  }

  /// - Throws: `GraphError` where so many bytes are more than the process can have.
  public static func check(_ count: Int, for what: String) throws(GraphError) {
    guard count <= byteCount else {
      throw GraphError(
        "memory", "\(what) would need \(count) bytes, the process can have \(byteCount)", kind: .memory)
    }
  }
}
