import Foundation
import Testing

/// A finished run of the built `keras` executable.
struct Command {
  let status: Int32
  let output: String
  let errors: String

  /// Runs `keras` with arguments, its streams in pipes.
  init(_ arguments: String..., outputPath: String? = nil) throws { try self.init(arguments, outputPath: outputPath) }

  /// - Parameter outputPath: a file for standard output instead of a pipe.
  init(_ arguments: [String], outputPath: String? = nil) throws {
    let process = Process()
    process.executableURL = try Command.executable()
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = outputPath.flatMap { FileHandle(forWritingAtPath: $0) } ?? output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // Both are far shorter than a pipe holds.
    self.output =
      outputPath == nil ? String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) : ""
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// Runs a line of the shell in which `keras` is the built executable.
  init(shell line: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "keras() { '\(try Command.executable().path)' \"$@\"; }; \(line)"]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// The executable lies beside the tests.
  private static func executable() throws -> URL {
    var folder = Bundle.main.bundleURL
    for _ in 0..<3 {
      let candidate = folder.appendingPathComponent("keras")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder.deleteLastPathComponent()
    }
    throw CocoaError(.fileNoSuchFile)
  }
}

/// Expects success without a word on standard error.
@discardableResult
func expectSuccess(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
  let command = try Command(arguments)
  #expect(command.status == 0, "\(command.errors)", sourceLocation: sourceLocation)
  #expect(command.errors.isEmpty, sourceLocation: sourceLocation)
  return command.output
}

/// Expects a status other than 0, nothing on standard output, and one line on standard error that has these parts.
func expectFailure(
  _ arguments: String..., status: Int32 = 1, saying parts: [String], sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let command = try Command(arguments)
  #expect(command.status == status, sourceLocation: sourceLocation)
  #expect(command.output.isEmpty, sourceLocation: sourceLocation)
  #expect(command.errors.hasPrefix("keras: ") && command.errors.hasSuffix("\n"), sourceLocation: sourceLocation)
  #expect(command.errors.split(separator: "\n").count == 1, "\(command.errors)", sourceLocation: sourceLocation)
  for part in parts {
    #expect(command.errors.contains(part), "\(command.errors)", sourceLocation: sourceLocation)
  }
}
