import Foundation
import FuzzSupport
import ModelFiles
import Testing

@testable import KerasCLI

/// `keras inspect` of damaged files says what is left and what is wrong, and always ends.
@Suite struct InspectFuzzTests {
  /// `KERAS_FUZZ_COUNT` sets the number of files, `KERAS_FUZZ_START` the first one's.
  @Test func damagedFilesAreListed() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["KERAS_FUZZ_COUNT"].flatMap { UInt64($0) } ?? 1000
    let start = environment["KERAS_FUZZ_START"].flatMap { UInt64($0) } ?? 0
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../KerasTests/Fixtures").standardized.path
    let fuzzer = ModelFuzzer(seeds: try ModelSeed.all(fixtures: fixtures), folder: NSTemporaryDirectory())
    for number in start..<(start + count) {
      var inspection = Inspection()
      inspection.inspect(ByteSource(fuzzer.file(number).bytes))
      let lines = inspection.lines + inspection.problems
      #expect(!lines.isEmpty && !lines.contains { $0.contains("\n") || $0.contains("\u{1b}") }, "file \(number)")
    }
  }
}
