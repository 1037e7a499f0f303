import Foundation
import Testing

@testable import Keras

/// A process that saves models to one path, in a folder of its own.
struct SaverProcess {
  let folder: URL
  let path: String
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()

  /// - Parameter count: how often it saves.
  init(count: Int, largestFile: Int? = nil, in folder: URL? = nil) throws {
    self.folder = folder ?? FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    path = self.folder.appendingPathComponent("model.keras").path
    // The helper lies beside the test program.
    let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    process.executableURL = products.appendingPathComponent("SaverProcess")
    process.arguments = [path, "\(count)"] + (largestFile.map { ["\($0)"] } ?? [])
    process.standardOutput = output
    process.standardError = errors
    try process.run()
  }

  /// Ends the process after some time, wherever it is.
  func kill(after microseconds: UInt32) {
    // The first save makes the file that must survive.
    _ = output.fileHandleForReading.readData(ofLength: 2)
    usleep(microseconds)
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Waits for the end.
  ///
  /// - Returns: exit code and standard error.
  func finish() -> (code: Int32, errors: String) {
    let text = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }

  var otherFiles: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0 != "model.keras" }
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// The number of the save that the file is of.
  func savedNumber() throws -> Float {
    let values = try Model.load(path).getWeights().flatMap { try $0.scalars() }
    let first = try #require(values.first)
    #expect(values.allSatisfy { $0 == first }, "weights of two saves in one file")
    return first
  }
}
