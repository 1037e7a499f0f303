import Foundation
import FuzzSupport
import Testing

@testable import Keras

/// Damaged model files of every format end in success or a typed error. `scripts/fuzz` uses many more.
@Suite struct ModelFuzzTests {
  @Test func damagedModelsGiveTypedErrors() throws {
    let numbers = FuzzNumbers.fromEnvironment(count: 2000)
    let folder = NSTemporaryDirectory() + "/" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let fixtures = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures").path
    let fuzzer = ModelFuzzer(seeds: try ModelSeed.all(fixtures: fixtures), folder: folder)
    var used = 0
    for number in numbers {
      switch fuzzer.run(number) {
      case .success: used += 1
      case .refused(let message):
        if message.isEmpty || message.contains("\n") { Issue.record("file \(number): \(message.debugDescription)") }
      case .foreign(let message): Issue.record("file \(number): \(message)")
      }
    }
    // Some damage is harmless; if all files failed, models would not have been reached.
    #expect(used > numbers.count / 20)
  }
}
