import Foundation
import FuzzSupport

/// Uses damaged files one after the other, and says on standard output what it does before it does it, so that the
/// number of a file that ends the process is known.
struct Worker {
  let fuzzer: ModelFuzzer

  init(fixtures: String) throws {
    let folder = NSTemporaryDirectory() + "/fuzz-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    fuzzer = ModelFuzzer(seeds: try ModelSeed.all(fixtures: fixtures), folder: folder)
  }

  /// What loading one file of this size may take of memory, in bytes.
  private func bound(_ byteCount: Int) -> Int { 2 * byteCount + 64 << 20 }

  /// Unbuffered: what was said last must be known after a trap.
  private func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

  func run(_ numbers: Range<UInt64>) {
    // Damaged sizes must not take the machine down.
    var limit = rlimit(rlim_cur: 12 << 30, rlim_max: 12 << 30)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    for number in numbers {
      let clock = ContinuousClock()
      var (stage, start) = ("", clock.now)
      let before = ResidentMemory.restart()
      var growth = 0
      func enter(_ next: String) {
        let seconds = (clock.now - start) / .seconds(1)
        if seconds > 5 { say("! \(number) slow to \(stage): \(seconds) s") }
        if stage == "load" { growth = ResidentMemory.peak() - before }
        if next != "end" { say("\(number) \(next)") }
        (stage, start) = (next, clock.now)
      }
      let outcome = fuzzer.run(number, stage: enter)
      enter("end")
      if growth > bound(fuzzer.file(number).bytes.count) { say("! \(number) memory: \(growth >> 20) MB") }
      switch outcome {
      case .success: say("= success")
      case .refused(let message):
        say("= refused")
        if message.isEmpty || message.contains("\n") { say("! \(number) message: \(message.debugDescription)") }
      case .foreign(let message): say("! \(number) foreign: \(message)")
      }
    }
    try? FileManager.default.removeItem(atPath: NSTemporaryDirectory() + "/fuzz-\(getpid())")
  }
}
