import Foundation

/// A folder for the files of one test; it goes when the test ends.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("keras-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
