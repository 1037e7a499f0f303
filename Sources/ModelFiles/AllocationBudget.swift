import Synchronization

/// How many bytes a reader may still allocate for what a file declares.
///
/// Sizes in a file are claims. Readers compare them with the bytes that are present first; where a claim may rightly be
/// larger than the file (compressed members, missing chunks) it is taken from the budget before anything is allocated.
/// One budget may be shared by nested readers, such as an HDF5 file inside an archive.
public final class AllocationBudget: Sendable {
  /// The bytes granted in total.
  public let limit: Int
  private let used = Atomic<Int>(0)

  public init(limit: Int) {
    self.limit = max(0, limit)
  }

  /// The default for a file of `byteCount` bytes: 64 MiB plus eight times its size.
  public static func standard(forFileOf byteCount: Int) -> AllocationBudget {
    let (scaled, overflow) = max(0, byteCount).multipliedReportingOverflow(by: 8)
    let (sum, sumOverflow) = scaled.addingReportingOverflow(64 << 20)
    return AllocationBudget(limit: overflow || sumOverflow ? .max : sum)
  }

  public var remaining: Int {
    max(0, limit - used.load(ordering: .relaxed))
  }

  /// Takes `byteCount` bytes, or throws `.limitExceeded` and takes nothing.
  func reserve(_ byteCount: Int, for what: String, in context: ErrorContext) throws(ModelFileError) {
    var current = used.load(ordering: .relaxed)
    while true {
      let (sum, overflow) = current.addingReportingOverflow(byteCount)
      guard byteCount >= 0, !overflow, sum <= limit else {
        throw context.error(
          .limitExceeded, expected: "at most \(limit) bytes allocated for this file",
          found: "\(what) that needs \(byteCount) more after \(current)",
          remedy: "if the file is trusted, pass a larger AllocationBudget")
      }
      let (exchanged, original) = used.compareExchange(expected: current, desired: sum, ordering: .relaxed)
      if exchanged { return }
      current = original
    }
  }

  /// Gives back bytes of a buffer that lives no longer.
  func release(_ byteCount: Int) {
    used.subtract(byteCount, ordering: .relaxed)
  }
}
