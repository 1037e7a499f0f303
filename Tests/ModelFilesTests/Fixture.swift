import Foundation
import Testing

@testable import ModelFiles

/// The files made by `Fixtures/make_fixtures.py`.
enum Fixture {
  static func path(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.resourceURL)
    return folder.appendingPathComponent("Fixtures").appendingPathComponent(name).path
  }

  static func source(_ name: String) throws -> ByteSource {
    try ByteSource(path: path(name))
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try source(name).bytes()
  }

  static func hdf5(_ name: String) throws -> HDF5Group {
    try HDF5File(source(name)).root
  }
}

/// A folder that is removed when the test ends.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/model-files-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func file(_ name: String) -> String { path + "/" + name }

  func contents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}

/// Expects `body` to throw a ``ModelFileError`` of one kind.
func expectError(
  _ kind: ModelFileError.Kind, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  let error = #expect(throws: ModelFileError.self, sourceLocation: sourceLocation) { try body() }
  if let error {
    #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
    #expect(!error.description.contains("\n"), sourceLocation: sourceLocation)
  }
}
