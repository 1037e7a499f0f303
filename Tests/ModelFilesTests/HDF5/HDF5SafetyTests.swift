import Testing

@testable import ModelFiles

/// What a crafted file may try.
@Suite struct HDF5SafetyTests {
  @Test(arguments: ["links.h5", "links_latest.h5"])
  func softAndExternalLinksAreRefused(_ name: String) throws {
    let root = try Fixture.hdf5(name)
    #expect(root.contains("soft") && root.contains("external"))
    #expect(try root.dataset("data").read().floats() == [0, 1, 2])
    expectError(.refused) { _ = try root.dataset("soft") }
    expectError(.refused) { _ = try root.dataset("external") }
    expectError(.refused) { try root.walk { _ in } }
  }

  @Test func linksInsideAPathAreRefused() throws {
    let root = try Fixture.hdf5("links.h5")
    #expect(try root.dataset("group/again").read().floats() == [0, 1, 2])
    expectError(.refused) { _ = try root.dataset("soft_group/again") }
    expectError(.refused) { _ = try root.group("external/deeper") }
  }

  @Test func cyclesAreRefused() throws {
    let group = try Fixture.hdf5("links.h5").group("group")
    expectError(.malformed) { _ = try group.group("cycle") }
    expectError(.malformed) { _ = try group.group("cycle/group/cycle") }
  }

  @Test func objectsWithTwoNamesStopAWalk() throws {
    let writer = HDF5Writer()
    try writer.root.addGroup("a")
    try writer.root.addGroup("b")
    var bytes = try write(writer)
    // The entries for a and b lie in one node; both now point to a.
    let node = try #require(bytes.firstRange(of: Array("SNOD".utf8))?.lowerBound)
    let root = try HDF5File(ByteSource(bytes)).root
    try root.walk { _ in }
    let last = try #require(bytes.lastRange(of: "SNOD"))
    #expect(last >= node)
    bytes.replaceSubrange(last + 8 + 40 + 8..<last + 8 + 40 + 16, with: bytes[last + 8 + 8..<last + 8 + 16])
    let crafted = try HDF5File(ByteSource(bytes)).root
    expectError(.refused) { try crafted.walk { _ in } }
  }

  @Test func dataInOtherFilesIsRefused() throws {
    let root = try Fixture.hdf5("links_latest.h5")
    expectError(.refused) { _ = try root.dataset("virtual") }
    expectError(.refused) { _ = try root.dataset("external_data") }
  }

  @Test func shapeBombsAreRefusedBeforeAllocation() throws {
    let root = try Fixture.hdf5("bomb.h5")
    #expect(try root.dataset("shape").shape == [1 << 20, 1 << 20])
    expectError(.limitExceeded) { _ = try root.dataset("shape").read() }
    expectError(.limitExceeded) { _ = try root.dataset("contiguous").read() }
  }

  @Test func declaredSizeMustBeInTheFile() throws {
    let writer = HDF5Writer()
    try writer.root.addDataset("x", ArrayData([Float](repeating: 1, count: 16), shape: [4, 4]))
    var bytes = try write(writer)
    // The dataspace message: version 1, rank 2, then the lengths.
    let space = try #require(bytes.firstRange(of: [1, 2, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]))
    for length in [5 as UInt8, 0x40, 0xFF] {
      bytes[space.lowerBound + 8 + 5] = length
      expectError(.malformed) { _ = try HDF5File(ByteSource(bytes)).root.dataset("x").read() }
    }
    bytes.replaceSubrange(space.lowerBound + 8..<space.lowerBound + 24, with: [UInt8](repeating: 0x7F, count: 16))
    expectError(.malformed) { _ = try HDF5File(ByteSource(bytes)).root.dataset("x") }
  }

  @Test func cyclesInATreeAreRefused() throws {
    let writer = HDF5Writer()
    try writer.root.addGroup("a")
    var bytes = try write(writer)
    let tree = try #require(bytes.lastRange(of: "TREE"))
    // An inner node that is its own child.
    bytes[tree + 5] = 1
    for index in 0..<8 { bytes[tree + 32 + index] = UInt8(truncatingIfNeeded: tree >> (8 * index)) }
    expectError(.malformed) { _ = try HDF5File(ByteSource(bytes)).root }
  }

  @Test func truncatedFilesAreRefused() throws {
    let bytes = try Fixture.bytes("model.weights.h5")
    for count in [0, 7, 8, 50, 96, 1000, bytes.count - 1] {
      expectError(.malformed) { _ = try HDF5File(ByteSource(Array(bytes.prefix(count)))) }
    }
  }

  @Test func checksumsAreVerified() throws {
    let bytes = try Fixture.bytes("latest.h5")
    var superblock = bytes
    superblock[20] ^= 1
    expectError(.malformed) { _ = try HDF5File(ByteSource(superblock)) }
    var header = bytes
    let position = try #require(bytes.firstRange(of: Array("OHDR".utf8))?.lowerBound)
    header[position + 8] ^= 1
    expectError(.malformed) { _ = try HDF5File(ByteSource(header)) }
  }

  @Test func endlessNestingIsRefused() throws {
    let writer = HDF5Writer()
    var group = writer.root
    for _ in 0..<100 { group = try group.addGroup("g") }
    expectError(.limitExceeded) { _ = try writer.image() }
  }

  private func write(_ writer: HDF5Writer) throws -> [UInt8] {
    let sink = MemorySink()
    try writer.image().write(to: sink)
    return sink.bytes
  }
}

extension [UInt8] {
  /// The start of the last occurrence of `text`.
  fileprivate func lastRange(of text: String) -> Int? {
    let pattern = Array(text.utf8)
    return indices.dropLast(pattern.count - 1).last { self[$0..<$0 + pattern.count].elementsEqual(pattern) }
  }
}
