import Foundation
import Testing

@testable import ModelFiles

@Suite struct AtomicFileTests {
  @Test func writesAndReplaces() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("model")
    for text in ["first", "second, longer"] {
      try AtomicFile.write(to: path) { file throws(ModelFileError) in try file.write(Array(text.utf8)) }
      #expect(try ByteSource(path: path).bytes() == Array(text.utf8))
    }
    #expect(try folder.contents() == ["model"])
  }

  @Test func anErrorLeavesTheOldFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("model")
    try AtomicFile.write(to: path) { file throws(ModelFileError) in try file.write([1, 2, 3]) }
    expectError(.mismatch) {
      try AtomicFile.write(to: path) { file throws(ModelFileError) in
        try file.write([UInt8](repeating: 9, count: 3 << 20))
        throw ModelFileError(.mismatch, file: path, expected: "a", found: "b")
      }
    }
    #expect(try ByteSource(path: path).bytes() == [1, 2, 3])
    #expect(try folder.contents() == ["model"])
  }

  @Test func nothingIsVisibleBeforeTheCommit() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("model")
    let file = try AtomicFile(path: path)
    try file.write([UInt8](repeating: 1, count: 2 << 20))
    expectError(.missing) { _ = try ByteSource(path: path) }
    #expect(try !folder.contents().contains("model"))
    try file.commit()
    #expect(try folder.contents() == ["model"])
    #expect(try ByteSource(path: path).count == 2 << 20)
    expectError(.invalidArgument) { try file.write([1]) }
    expectError(.invalidArgument) { try file.commit() }
  }

  @Test func overwritesEarlierBytes() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("model")
    try AtomicFile.write(to: path) { file throws(ModelFileError) in
      try file.write([1, 2, 3, 4])
      try file.overwrite(at: 1, with: [9, 9])
      try file.write([5])
      #expect(file.position == 5)
    }
    #expect(try ByteSource(path: path).bytes() == [1, 9, 9, 4, 5])
  }

  @Test func keepsPermissionsAndFollowsLinks() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("model")
    let link = folder.file("link")
    try AtomicFile.write(to: path) { file throws(ModelFileError) in try file.write([1]) }
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    try AtomicFile.write(to: link) { file throws(ModelFileError) in try file.write([2]) }
    #expect(try ByteSource(path: path).bytes() == [2])
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
    #expect(try folder.contents() == ["link", "model"])
  }

  /// As a file that a program opens for writing.
  @Test func linksToNothingYetAreFollowed() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("inner"), withIntermediateDirectories: true)
    for (link, target) in [("first", "second"), ("second", "inner/third"), ("inner/third", "../model")] {
      try FileManager.default.createSymbolicLink(atPath: folder.file(link), withDestinationPath: target)
    }
    try AtomicFile.write(to: folder.file("first")) { file throws(ModelFileError) in try file.write([7]) }
    #expect(try ByteSource(path: folder.file("model")).bytes() == [7])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("first")) == "second")
    try FileManager.default.createSymbolicLink(atPath: folder.file("loop"), withDestinationPath: "loop")
    expectError(.system) { _ = try AtomicFile(path: folder.file("loop")) }
    try FileManager.default.createSymbolicLink(atPath: folder.file("lost"), withDestinationPath: "absent/model")
    expectError(.missing) { _ = try AtomicFile(path: folder.file("lost")) }
    #expect(try folder.contents() == ["first", "inner", "loop", "lost", "model", "second"])
  }

  /// A folder's name need not be text; a link of which the name is may lead there.
  @Test func bytesOfNamesAreKept() throws {
    let folder = try TemporaryFolder()
    let strange: [CChar] = Array(folder.path.utf8CString.dropLast()) + [0x2F, -1, 0x61, 0]
    #expect(mkdir(strange, 0o755) == 0)
    let target: [CChar] = [-1, 0x61, 0x2F, -2, 0]
    #expect(symlink(target, folder.file("link")) == 0)
    for value in [UInt8(1), 2] {
      try AtomicFile.write(to: folder.file("link")) { file throws(ModelFileError) in try file.write([value]) }
      #expect(try ByteSource(path: folder.file("link")).bytes() == [value])
    }
    // Foundation cannot remove what it cannot name.
    #expect(unlink(Array(folder.path.utf8CString.dropLast()) + [0x2F] + target) == 0)
    #expect(rmdir(strange) == 0)
  }

  /// The limit of a process's file size comes as a signal that ends it, unless the signal is held back.
  @Test func aFileSizeLimitIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("model")
    try AtomicFile.write(to: path) { file throws(ModelFileError) in try file.write([1]) }
    let signal = FileSizeSignal()
    pthread_kill(pthread_self(), SIGXFSZ)
    signal.end()
    #expect(try ByteSource(path: path).bytes() == [1])
  }

  @Test func impossibleDestinations() throws {
    let folder = try TemporaryFolder()
    expectError(.invalidArgument) { _ = try AtomicFile(path: folder.path) }
    expectError(.invalidArgument) { _ = try AtomicFile(path: "") }
    expectError(.invalidArgument) { _ = try AtomicFile(path: "/dev/null") }
    expectError(.missing) { _ = try AtomicFile(path: folder.file("absent/model")) }
  }

  @Test func aFullDiskIsExplained() {
    let error = SystemFailure.error(ENOSPC, ErrorContext(file: "model"), expected: "to write 1 bytes")
    #expect(error.kind == .system)
    #expect(error.remedy.contains("free some space"))
  }
}
