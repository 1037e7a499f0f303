import Foundation
import ModelFiles

/// A folder that is removed when the test ends.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/keras-command-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try AtomicFile.write(to: file(name)) { file throws(ModelFileError) in try file.write(bytes) }
    return file(name)
  }

  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name)) }

  /// Writes arrays as a `.npz` file.
  func archive(_ name: String, _ arrays: [(String, ArrayData)]) throws -> String {
    try AtomicFile.write(to: file(name)) { file throws(ModelFileError) in
      let writer = NPZWriter(file)
      for (name, array) in arrays { try writer.add(name, array) }
      try writer.finish()
    }
    return file(name)
  }

  func contents() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
