import CKernels
import Graph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The threads that one run may use: `KERAS_NUM_THREADS`, else OpenMP's `OMP_NUM_THREADS`, else one for each processor
/// that the process may use.
struct ThreadCount: Equatable {
  var count: Int
  /// What the user should know.
  var warning: String?

  /// Settled once; the warning is printed then.
  static let current: Result<Int, GraphError> = Result { () throws(GraphError) in
    func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let choice = try ThreadCount(
      requested: value("KERAS_NUM_THREADS"), openMP: value("OMP_NUM_THREADS"),
      processors: Int(ck_processor_count()), quota: ControlGroup().processorQuota)
    if let warning = choice.warning {
      let line = Array("keras: \(warning)\n".utf8)
      _ = write(STDERR_FILENO, line, line.count)
    }
    return choice.count
  }

  /// - Parameters:
  ///   - requested: what `KERAS_NUM_THREADS` holds.
  ///   - openMP: what `OMP_NUM_THREADS` holds: a list, the first of which counts here.
  ///   - processors: how many the process may run on. More threads would only wait for one another.
  ///   - quota: how many processors' time its control group has.
  /// - Throws: `GraphError` where `requested` is no number above 0.
  init(requested: String?, openMP: String?, processors: Int, quota: Double?) throws(GraphError) {
    guard let requested else {
      let share = quota.map { Int(min($0.rounded(.up), Double(processors))) } ?? processors
      let wanted = openMP.flatMap { Self.number($0.prefix { $0 != "," }) } ?? processors
      count = max(1, min(share, wanted, processors))
      return
    }
    guard let wanted = Self.number(requested[...]) else {
      throw GraphError(
        "KERAS_NUM_THREADS", "must be a number of threads, 1 or more, found \"\(requested)\"", kind: .system)
    }
    count = max(1, min(wanted, processors))
    if count < wanted {
      warning =
        "KERAS_NUM_THREADS is \(requested), but this process may run on \(processors) "
        + (processors == 1 ? "processor" : "processors") + "; using \(count)"
    }
  }

  /// A number above 0; the largest there is for any that does not fit.
  private static func number(_ text: Substring) -> Int? {
    var digits = text.drop { $0 == " " }
    while digits.last == " " { digits.removeLast() }
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    let value = Int(digits) ?? .max
    return value > 0 ? value : nil
  }
}
