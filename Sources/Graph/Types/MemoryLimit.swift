#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps sizes that come from a model's description from being asked of a machine that cannot have them.
public enum MemoryLimit {
  /// The machine's memory in bytes.
  public static let byteCount: Int = {
    let (pages, page) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    let (bytes, overflow) = pages.multipliedReportingOverflow(by: page)
    return pages > 0 && page > 0 && !overflow ? bytes : 1 << 40
  }()

  /// - Throws: `GraphError` where the types together need more than the machine has.
  public static func check(_ types: [TensorType], for what: String) throws(GraphError) {
    var total = 0
    for type in types {
      let (sum, overflow) = total.addingReportingOverflow(type.byteCount)
      total = overflow || !type.shape.isValid ? .max : sum
      if total == .max { break }
    }
    try check(total, for: what)
  }

  /// - Throws: `GraphError` where so many bytes are more than the machine has.
  public static func check(_ count: Int, for what: String) throws(GraphError) {
    guard count <= byteCount else {
      throw GraphError("memory", "\(what) would need \(count) bytes, the machine has \(byteCount)")
    }
  }
}
