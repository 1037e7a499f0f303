import Foundation

/// The numbers of the damaged files that a test uses: `KERAS_FUZZ_COUNT` of them from `KERAS_FUZZ_START` on.
public enum FuzzNumbers {
  /// - Parameter count: how many where the environment says nothing.
  public static func fromEnvironment(count: UInt64) -> Range<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["KERAS_FUZZ_COUNT"].flatMap { UInt64($0) } ?? count
    let start = environment["KERAS_FUZZ_START"].flatMap { UInt64($0) } ?? 0
    return start..<start.addingReportingOverflow(count).partialValue
  }
}
