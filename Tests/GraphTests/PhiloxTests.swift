import Graph
import Testing

@Suite struct PhiloxTests {
  /// The known answers that come with the authors' Random123 library (`kat_vectors`, philox4x32 with 10 rounds).
  @Test(
    arguments: [
      ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], [UInt32], [UInt32])])
  func knownAnswers(counter: [UInt32], key: [UInt32], words: [UInt32]) {
    let block = Philox(key: (key[0], key[1])).block((counter[0], counter[1], counter[2], counter[3]))
    #expect([block.0, block.1, block.2, block.3] == words)
  }

  @Test func elementsFollowTheBlocks() throws {
    let philox = Philox(key: (7, 9))
    let block = philox.block((1, 0, 0, 0))
    #expect([philox.word(4), philox.word(5), philox.word(6), philox.word(7)] == [block.0, block.1, block.2, block.3])
    let bits = try evaluate(.randomBits([3, 3]), [tensor(.uint32, [2], [7, 9])])[0]
    #expect(bits == (0..<9).map { Double(philox.word($0)) })
  }
}
