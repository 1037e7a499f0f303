import Testing

@testable import ModelFiles

@Suite struct ZipTests {
  @Test func membersOfPythonsZipfile() throws {
    let deflated = try ZipArchive(Fixture.source("deflated.zip"))
    #expect(deflated.members.map(\.name) == ["text.txt", "folder/empty"])
    let text = String(repeating: "swift keras ", count: 100)
    #expect(try deflated.contents(of: "text.txt").bytes() == Array(text.utf8))
    #expect(try deflated.contents(of: "folder/empty").bytes() == [])
    #expect(deflated.member("text.txt")?.isStored == false)
    let zip64 = try ZipArchive(Fixture.source("zip64.zip"))
    #expect(try zip64.contents(of: "data").bytes() == Array("zip64 contents".utf8))
    let streamed = try ZipArchive(Fixture.source("streamed.zip"))
    #expect(try streamed.contents(of: "streamed").bytes() == Array("streamed contents".utf8))
    expectError(.missing) { _ = try streamed.contents(of: "absent") }
  }

  @Test func kerasArchive() throws {
    let archive = try ZipArchive(Fixture.source("model.keras"))
    #expect(Set(archive.members.map(\.name)) == ["config.json", "metadata.json", "model.weights.h5"])
    let config = try JSONValue(parsing: archive.contents(of: "config.json").bytes())
    #expect(config["class_name"] == "Sequential")
    #expect(archive.member("model.weights.h5")?.isStored == true)
  }

  @Test func roundTrip() throws {
    let sink = MemorySink()
    let writer = ZipWriter(sink)
    try writer.add("config.json", text: "{}")
    try writer.add("assets/größe.txt", text: "x")
    try writer.add("empty", [])
    try writer.add("data", byteCount: 1000) { member throws(ModelFileError) in
      for _ in 0..<10 { try member.write([UInt8](repeating: 7, count: 100)) }
    }
    try writer.finish()
    let archive = try ZipArchive(ByteSource(sink.bytes))
    #expect(archive.members.map(\.name) == ["config.json", "assets/größe.txt", "empty", "data"])
    #expect(try archive.contents(of: "assets/größe.txt").bytes() == [120])
    #expect(try archive.contents(of: "data").bytes() == [UInt8](repeating: 7, count: 1000))
    for member in archive.members {
      #expect(member.dataOffset % 64 == 0)
    }
  }

  @Test func manyMembersUseZip64() throws {
    let sink = MemorySink()
    let writer = ZipWriter(sink)
    for index in 0..<66_000 { try writer.add("\(index)", []) }
    try writer.finish()
    #expect(try ZipArchive(ByteSource(sink.bytes)).members.count == 66_000)
  }

  @Test func writerRefusesBadMembers() throws {
    let writer = ZipWriter(MemorySink())
    try writer.add("a", [])
    for name in ["a", "", "/a", "../a", "a/../b", "a\\b", "a\0", "C:a"] {
      expectError(.invalidArgument) { try writer.add(name, []) }
    }
    expectError(.invalidArgument) { try writer.add("b", byteCount: 3) { _ in } }
    try writer.finish()
    expectError(.invalidArgument) { try writer.add("c", []) }
  }

  // MARK: Crafted archives

  private func archive(_ names: [String] = ["a.txt", "b.txt"]) throws -> [UInt8] {
    let sink = MemorySink()
    let writer = ZipWriter(sink)
    for name in names { try writer.add(name, text: "contents of \(name)") }
    try writer.finish()
    return sink.bytes
  }

  /// Replaces `old` by `new` wherever it occurs.
  private func replacing(_ old: String, by new: String, in bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes.replace(Array(old.utf8), with: Array(new.utf8))
    return bytes
  }

  @Test func duplicateNamesAreRefused() throws {
    expectError(.refused) { _ = try ZipArchive(ByteSource(replacing("b.txt", by: "a.txt", in: archive()))) }
  }

  @Test(arguments: ["/.txt", "../xt", "\\.txt", "C:txt", "a/../", "..\0xt"])
  func namesThatArePathsAreRefused(_ name: String) throws {
    let padded = name + String(repeating: "x", count: 5 - name.utf8.count)
    #expect(padded.utf8.count == 5)
    let isRefused = ["/", "\\", ":"].contains { padded.contains($0) } || padded.contains("\0")
    #expect(isRefused)
    let bytes = try replacing("b.txt", by: padded, in: archive())
    expectError(.refused) { _ = try ZipArchive(ByteSource(bytes)) }
  }

  @Test func localAndCentralHeadersMustAgree() throws {
    let original = try archive()
    let central = try #require(original.firstRange(of: [0x50, 0x4B, 1, 2])?.lowerBound)
    // Name, method, flags, checksum and both sizes of the local header.
    for offset in [8, 14, 18, 22, 30] {
      var bytes = original
      bytes[offset] ^= 1
      expectError(.refused) { _ = try ZipArchive(ByteSource(bytes)) }
    }
    for offset in [16, 24, 46] {
      var bytes = original
      bytes[central + offset] ^= 1
      #expect(throws: ModelFileError.self) { _ = try ZipArchive(ByteSource(bytes)) }
    }
  }

  @Test func overlappingMembersAreRefused() throws {
    var bytes = try archive(["a", "a2"])
    // The second entry points to the first member, under its own name in both headers.
    bytes = replacing("a2", by: "aX", in: bytes)
    let second = try #require(bytes.firstRange(of: [0x50, 0x4B, 1, 2])?.upperBound)
    let entry = try #require(bytes[second...].firstRange(of: [0x50, 0x4B, 1, 2])?.lowerBound)
    for index in 42..<46 { bytes[entry + index] = 0 }
    #expect(throws: ModelFileError.self) { _ = try ZipArchive(ByteSource(bytes)) }

    // The same name and header twice overlaps exactly.
    let one = try archive(["a"])
    let directory = try #require(one.firstRange(of: [0x50, 0x4B, 1, 2])?.lowerBound)
    let record = Array(one[directory..<one.count - 22])
    var end = Array(one.suffix(22))
    end[8] = 2
    end[10] = 2
    let size = 2 * record.count
    end[12] = UInt8(size & 0xFF)
    end[13] = UInt8(size >> 8)
    expectError(.refused) { _ = try ZipArchive(ByteSource(Array(one[..<directory]) + record + record + end)) }
  }

  @Test func encryptionIsUnsupported() throws {
    var bytes = try archive(["a"])
    let central = try #require(bytes.firstRange(of: [0x50, 0x4B, 1, 2])?.lowerBound)
    bytes[central + 8] |= 1
    expectError(.unsupported) { _ = try ZipArchive(ByteSource(bytes)) }
  }

  @Test func damagedContentsAreFound() throws {
    var bytes = try archive(["a"])
    bytes[64] ^= 1
    let archive = try ZipArchive(ByteSource(bytes))
    expectError(.malformed) { _ = try archive.contents(of: "a") }
    #expect(try archive.contents(of: "a", verifyingChecksum: false).count == 13)
  }

  @Test func bombsAreRefused() throws {
    let source = try Fixture.source("deflated.zip")
    let small = try ZipArchive(source, budget: AllocationBudget(limit: 1000))
    expectError(.limitExceeded) { _ = try small.contents(of: "text.txt") }

    // A declared size beyond what deflate can give.
    var bytes = try source.bytes()
    let central = try #require(bytes.firstRange(of: [0x50, 0x4B, 1, 2])?.lowerBound)
    bytes[25] = 0x10
    bytes[central + 27] = 0x10
    let lying = try ZipArchive(ByteSource(bytes), budget: AllocationBudget(limit: .max))
    expectError(.malformed) { _ = try lying.contents(of: "text.txt") }

    // A declared size below what the data gives.
    bytes = try source.bytes()
    bytes[23] = 0
    bytes[central + 25] = 0
    let modest = try ZipArchive(ByteSource(bytes))
    expectError(.malformed) { _ = try modest.contents(of: "text.txt") }
  }

  @Test func truncatedArchivesAreRefused() throws {
    let bytes = try archive()
    for count in stride(from: 0, to: bytes.count, by: 7) {
      expectError(.malformed) { _ = try ZipArchive(ByteSource(Array(bytes.prefix(count)))) }
    }
  }
}
