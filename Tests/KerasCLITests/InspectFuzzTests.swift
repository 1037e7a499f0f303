import Foundation
import FuzzSupport
import ModelFiles
import Testing

@testable import KerasCLI

/// `keras inspect` of damaged files says what is left and what is wrong, and always ends.
@Suite struct InspectFuzzTests {
  @Test func damagedFilesAreListed() throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../KerasTests/Fixtures").standardized.path
    let fuzzer = ModelFuzzer(seeds: try ModelSeed.all(fixtures: fixtures), folder: NSTemporaryDirectory())
    for number in FuzzNumbers.fromEnvironment(count: 1000) {
      var inspection = Inspection()
      inspection.inspect(ByteSource(fuzzer.file(number).bytes))
      let lines = inspection.lines + inspection.problems
      #expect(!lines.isEmpty && !lines.contains { $0.contains("\n") || $0.contains("\u{1b}") }, "file \(number)")
    }
  }
}
