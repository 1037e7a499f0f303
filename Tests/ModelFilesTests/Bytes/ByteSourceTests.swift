import Foundation
import Testing

@testable import ModelFiles

@Suite struct ByteSourceTests {
  private static let contents = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

  @Test func filesAndArraysReadAlike() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("data")
    #expect(FileManager.default.createFile(atPath: path, contents: Data(ByteSourceTests.contents)))
    for source in [try ByteSource(path: path), ByteSource(ByteSourceTests.contents)] {
      #expect(source.count == 300_000)
      #expect(try source.bytes() == ByteSourceTests.contents)
      let slice = try source.slice(at: 65_000, count: 100_000)
      #expect(try slice.bytes(at: 500, count: 100) == Array(ByteSourceTests.contents[65_500..<65_600]))
      #expect(try slice.bytes(at: 0, count: 90_000) == Array(ByteSourceTests.contents[65_000..<155_000]))
      #expect(try slice.slice(at: 99_999, count: 1).bytes() == [ByteSourceTests.contents[164_999]])
      for (offset, count) in [(-1, 1), (0, -1), (100_000, 1), (99_999, 2), (.max, .max), (1, .max)] {
        expectError(.malformed) { _ = try slice.bytes(at: offset, count: count) }
        expectError(.malformed) { _ = try slice.slice(at: offset, count: count) }
      }
    }
  }

  @Test func aFileThatShrinksIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("data")
    #expect(FileManager.default.createFile(atPath: path, contents: Data(ByteSourceTests.contents)))
    let source = try ByteSource(path: path)
    #expect(truncate(path, 1000) == 0)
    expectError(.system) { _ = try source.bytes() }
    expectError(.system) { _ = try source.bytes(at: 200_000, count: 10) }
  }

  @Test func whatIsNoFile() throws {
    let folder = try TemporaryFolder()
    expectError(.missing) { _ = try ByteSource(path: folder.file("absent")) }
    expectError(.system) { _ = try ByteSource(path: folder.path) }
    expectError(.system) { _ = try ByteSource(path: "/dev/null") }
    expectError(.invalidArgument) { _ = try ByteSource(path: "a\0b") }
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    expectError(.system) { _ = try ByteSource(path: folder.file("pipe")) }
  }
}
