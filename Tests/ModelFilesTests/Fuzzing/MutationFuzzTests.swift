import Foundation
import FuzzSupport
import Testing

@testable import ModelFiles

/// Damaged files of every format end in success or a typed error, within bounds of time and memory.
///
/// A trap ends the process; with `KERAS_FUZZ_LOG` set to a path, that file then holds the seed.
@Suite struct MutationFuzzTests {
  @Test func damagedFilesGiveTypedErrors() throws {
    let numbers = FuzzNumbers.fromEnvironment(count: 2000)
    let log = ProcessInfo.processInfo.environment["KERAS_FUZZ_LOG"].flatMap { FileHandle(forWritingAtPath: $0) }
    let targets = try FuzzTarget.all()
    var readable = 0
    for (index, seed) in numbers.enumerated() {
      // HDF5 has by far the most code to reach.
      let target = index % 2 == 0 ? targets[0] : targets[index / 2 % targets.count]
      if let log {
        try log.seek(toOffset: 0)
        try log.write(contentsOf: Data("\(seed) index \(index)        \n".utf8))
      }
      if try run(target, seed: seed) { readable += 1 }
    }
    // Some damage is harmless; if all files failed, the readers would not have been reached.
    #expect(readable > numbers.count / 50)
    #expect(residentByteLimit > peakResidentByteCount())
  }

  private let residentByteLimit = 1 << 30

  /// Whether the damaged file could still be read.
  private func run(_ target: FuzzTarget, seed: UInt64) throws -> Bool {
    var generator = SplitMix64(seed: ~seed)
    let choice = Int.random(in: 0..<target.seeds.count, using: &generator)
    let other = target.seeds.randomElement(using: &generator) ?? []
    var mutator = ByteMutator(SplitMix64(seed: seed))
    let bytes = mutator.mutate(target.seeds[choice], landmarks: target.landmarks[choice], other: other)
    var isReadable = false
    let duration = ContinuousClock().measure {
      do {
        try target.read(bytes)
        isReadable = true
      } catch let error as ModelFileError {
        if error.description.isEmpty || error.description.contains("\n") {
          Issue.record("\(target.name) seed \(seed): a message of more than one line")
        }
      } catch {
        Issue.record("\(target.name) seed \(seed): \(error)")
      }
    }
    if duration > .seconds(5) { Issue.record("\(target.name) seed \(seed): \(duration)") }
    return isReadable
  }

  private func peakResidentByteCount() -> Int {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
