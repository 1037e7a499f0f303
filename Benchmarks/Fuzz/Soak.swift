import Foundation

/// Runs workers as processes of their own, so that a trap, an endless loop or a lack of memory is a finding and not the
/// end.
struct Soak {
  let fixtures: String
  private static let batch: UInt64 = 500
  /// After so many seconds without a word a worker is taken to hang.
  private static let patience = 60.0

  func run(first: UInt64, count: UInt64) throws -> Bool {
    var next = first
    var (succeeded, refused) = (0, 0)
    var findings: [String] = []
    while next < first + count {
      let end = min(next + Self.batch, first + count)
      let report = try work(next..<end)
      succeeded += report.succeeded
      refused += report.refused
      findings += report.findings
      for finding in report.findings { say(finding) }
      next = report.next
      if next % (10 * Self.batch) < Self.batch || next >= first + count {
        say("\(next - first) files: \(succeeded) used, \(refused) refused, \(findings.count) findings")
      }
    }
    return findings.isEmpty
  }

  private func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

  private struct Report {
    var next: UInt64
    var succeeded = 0
    var refused = 0
    var findings: [String] = []
  }

  private func work(_ numbers: Range<UInt64>) throws -> Report {
    let log = NSTemporaryDirectory() + "/fuzz-\(getpid()).log"
    guard FileManager.default.createFile(atPath: log, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
    defer { try? FileManager.default.removeItem(atPath: log) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = ["work", fixtures, "\(numbers.lowerBound)", "\(numbers.upperBound)"]
    process.standardOutput = FileHandle(forWritingAtPath: log)
    process.standardError = FileHandle(forWritingAtPath: log + ".errors") ?? FileHandle.nullDevice
    try process.run()
    var size: UInt64 = 0
    var lastWord = Date()
    var hangs = false
    while process.isRunning {
      usleep(50_000)
      let now = (try? FileManager.default.attributesOfItem(atPath: log)[.size] as? UInt64) ?? 0
      if now != size { (size, lastWord) = (now, Date()) }
      if Date().timeIntervalSince(lastWord) > Self.patience {
        hangs = true
        kill(process.processIdentifier, SIGKILL)
      }
    }
    process.waitUntilExit()
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    var report = Report(next: numbers.upperBound)
    report.succeeded = lines.count { $0 == "= success" }
    report.refused = lines.count { $0 == "= refused" }
    report.findings = lines.filter { $0.hasPrefix("!") }.map(String.init)
    if process.terminationReason != .exit || process.terminationStatus != 0 {
      let last = lines.last { $0.first?.isNumber == true } ?? "\(numbers.lowerBound) start"
      report.findings.append("! \(last) \(hangs ? "hangs" : "ends with signal \(process.terminationStatus)")")
      report.next = (last.split(separator: " ").first.flatMap { UInt64($0) } ?? numbers.lowerBound) + 1
    }
    return report
  }
}
