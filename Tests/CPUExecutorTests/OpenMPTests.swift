import Foundation
import Testing

/// Whatever OpenMP's environment says, and wherever a run is called from, results are those of one thread.
@Suite struct OpenMPTests {
  struct Outcome {
    var status: Int32
    var weights: [Float]
    var errors: String
    var threads: Int? {
      errors.split(separator: "\n").last { $0.hasPrefix("threads ") }.flatMap { Int($0.dropFirst(8)) }
    }
  }

  private static func train(_ mode: String = "", _ settings: [String: String] = [:]) throws -> Outcome {
    let process = Process()
    // The helper lies beside the test program.
    let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    process.executableURL = products.appendingPathComponent("OpenMPProcess")
    process.arguments = mode.isEmpty ? [] : [mode]
    let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
      !["OMP_", "GOMP_", "KERAS_"].contains { name.hasPrefix($0) }
    }
    process.environment = inherited.merging(settings) { $1 }
    let (output, errors) = (Pipe(), FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString))
    try Data().write(to: errors)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let weights = bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    return Outcome(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      weights: weights, errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }

  private static let reference = Result { try train("", ["KERAS_NUM_THREADS": "1"]) }

  @discardableResult
  private func expectReference(
    _ mode: String = "", _ settings: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let reference = try Self.reference.get()
    let outcome = try Self.train(mode, settings)
    let text = "\(mode) \(settings): \(outcome.errors)"
    #expect(reference.status == 0 && reference.weights.count == 4842, sourceLocation: sourceLocation)
    #expect(outcome.status == 0, "\(text)", sourceLocation: sourceLocation)
    let (count, once) = (outcome.weights.count, reference.weights.count)
    #expect(count > 0 && count % once == 0, "\(text)", sourceLocation: sourceLocation)
    let worst = outcome.weights.indices.map { index -> Float in
      let difference = abs(outcome.weights[index] - reference.weights[index % once])
      return difference.isNaN ? .infinity : difference
    }
    #expect(worst.max() ?? .infinity < 1e-5, "\(text)", sourceLocation: sourceLocation)
    return outcome
  }

  static let settings: [[String: String]] = [
    [:],
    ["OMP_THREAD_LIMIT": "1"], ["OMP_THREAD_LIMIT": "2"], ["OMP_TEAMS_THREAD_LIMIT": "1"],
    ["OMP_DYNAMIC": "true"], ["OMP_DYNAMIC": "true", "OMP_THREAD_LIMIT": "1"],
    ["OMP_NUM_THREADS": "1"], ["OMP_NUM_THREADS": "2,1"], ["OMP_NUM_THREADS": "1,2"], ["OMP_NUM_THREADS": "abc"],
    ["OMP_NUM_THREADS": "7"], ["OMP_NUM_THREADS": ""],
    ["OMP_NESTED": "true"], ["OMP_MAX_ACTIVE_LEVELS": "0"], ["OMP_MAX_ACTIVE_LEVELS": "1"],
    ["OMP_MAX_ACTIVE_LEVELS": "5"],
    ["OMP_PROC_BIND": "true"], ["OMP_PROC_BIND": "spread"], ["OMP_PLACES": "{0}"], ["OMP_PLACES": "cores"],
    ["OMP_PLACES": "threads", "OMP_PROC_BIND": "close"], ["GOMP_CPU_AFFINITY": "0"], ["GOMP_CPU_AFFINITY": "0-63"],
    ["OMP_WAIT_POLICY": "active"], ["OMP_WAIT_POLICY": "passive"], ["GOMP_SPINCOUNT": "0"],
    ["OMP_STACKSIZE": "1B"], ["OMP_STACKSIZE": "16K"], ["OMP_STACKSIZE": "64 k"], ["OMP_STACKSIZE": "1G"],
    ["OMP_STACKSIZE": "100000G"], ["GOMP_STACKSIZE": "20"], ["OMP_CANCELLATION": "true"],
    ["OMP_SCHEDULE": "dynamic,1"], ["OMP_TARGET_OFFLOAD": "mandatory"], ["OMP_DISPLAY_ENV": "true"],
    ["KERAS_NUM_THREADS": "2"], ["KERAS_NUM_THREADS": "1000"], ["KERAS_NUM_THREADS": "99999999999999999999"],
    ["KERAS_NUM_THREADS": "2", "OMP_THREAD_LIMIT": "1"], ["KERAS_NUM_THREADS": "2", "OMP_DYNAMIC": "true"],
  ]

  @Test(arguments: 0..<settings.count) func environments(_ index: Int) throws {
    try expectReference("", Self.settings[index])
  }

  @Test(arguments: [
    [:], ["OMP_DYNAMIC": "true"], ["OMP_THREAD_LIMIT": "1"], ["OMP_THREAD_LIMIT": "3"],
    ["OMP_MAX_ACTIVE_LEVELS": "3"], ["OMP_NESTED": "true"], ["OMP_PROC_BIND": "true"],
  ])
  func callsFromParallelRegions(_ settings: [String: String]) throws {
    try expectReference("host", settings)
    try expectReference("nested", settings)
  }

  @Test func threadsThatCannotBeCreated() throws {
    #if canImport(Glibc)
      let outcome = try expectReference("no-threads", ["KERAS_NUM_THREADS": "2"])
      #expect(outcome.threads == 1)
      if ProcessInfo.processInfo.activeProcessorCount > 1 {
        #expect(outcome.errors.contains("keras: the system refuses more threads; computing on one thread"))
      }
    #endif
  }

  @Test func threadsFollowAffinity() throws {
    #if canImport(Glibc)
      #expect(try expectReference("one-processor").threads == 1)
      let outcome = try expectReference("one-processor", ["KERAS_NUM_THREADS": "2"])
      #expect(outcome.threads == 1)
      #expect(
        outcome.errors.contains("keras: KERAS_NUM_THREADS is 2, but this process may run on 1 processor; using 1"))
    #endif
  }

  @Test(arguments: ["0", "-1", "abc", "", "2.5", "1e3", "0x2", " "]) func noNumberOfThreads(_ text: String) throws {
    let outcome = try Self.train("", ["KERAS_NUM_THREADS": text])
    #expect(outcome.status != 0)
    #expect(
      outcome.errors.contains("KERAS_NUM_THREADS: must be a number of threads, 1 or more, found \"\(text)\""),
      "\(outcome.errors)")
  }
}
