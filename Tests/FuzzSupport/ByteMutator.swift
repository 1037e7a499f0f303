/// Damages valid files: flipped bits, changed numbers, moved, doubled and missing parts.
public struct ByteMutator {
  private var generator: SplitMix64
  private static let signatures = [
    "TREE", "SNOD", "HEAP", "GCOL", "OHDR", "OCHK", "FRHP", "FHDB", "FHIB", "BTHD", "BTLF", "BTIN", "FAHD", "FADB",
    "EAHD", "EAIB", "EASB", "EADB", "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}",
  ].map { Array($0.utf8) }

  private static let firstBytes = Set(signatures.map { $0[0] })

  public init(_ generator: SplitMix64) {
    self.generator = generator
  }

  /// A damaged copy of `file`. Parts of `other` may be put into it.
  ///
  /// - Parameter landmarks: where structures start; half of the changes are made near them.
  public mutating func mutate(_ file: [UInt8], landmarks: [Int], other: [UInt8]) -> [UInt8] {
    var bytes = file
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard !bytes.isEmpty else { return bytes }
      let position = position(in: bytes, landmarks)
      switch Int.random(in: 0..<16, using: &generator) {
      case 0..<5:
        bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 5..<12:
        setNumber(at: position, in: &bytes)
      case 12:
        bytes.removeSubrange(position..<min(bytes.count, position + length(upTo: 64)))
      case 13:
        bytes.insert(contentsOf: part(of: other), at: position)
      case 14:
        let piece = part(of: Bool.random(using: &generator) ? bytes : other)
        bytes.replaceSubrange(position..<min(bytes.count, position + piece.count), with: piece)
      default:
        bytes.removeSubrange(position...)
      }
    }
    return bytes
  }

  public static func landmarks(in file: [UInt8]) -> [Int] {
    var result = [0]
    file.withUnsafeBufferPointer { bytes in
      for index in bytes.indices.dropLast(3) where firstBytes.contains(bytes[index]) {
        if signatures.contains(Array(bytes[index..<index + 4])) { result.append(index) }
      }
    }
    return result
  }

  private mutating func position(in bytes: [UInt8], _ landmarks: [Int]) -> Int {
    if Bool.random(using: &generator), let landmark = landmarks.randomElement(using: &generator) {
      return min(bytes.count - 1, landmark + Int.random(in: 0..<160, using: &generator))
    }
    return Int.random(in: 0..<bytes.count, using: &generator)
  }

  /// Writes a number that is likely to be at the edge of something.
  private mutating func setNumber(at position: Int, in bytes: inout [UInt8]) {
    let width = [1, 2, 4, 8].randomElement(using: &generator) ?? 1
    let start = Bool.random(using: &generator) ? position : position / width * width
    guard start + width <= bytes.count else { return }
    var old: UInt64 = 0
    for index in 0..<width { old |= UInt64(bytes[start + index]) << UInt64(8 * index) }
    let count = UInt64(bytes.count)
    let candidates: [UInt64] = [
      0, 1, old &+ 1, old &- 1, old << 1, .max, .max >> 1, 1 << 31, 1 << 32, count, count &- 1, count / 2,
      UInt64.random(in: 0...count, using: &generator), UInt64.random(in: 0 ... .max, using: &generator),
    ]
    let new = candidates.randomElement(using: &generator) ?? 0
    for index in 0..<width { bytes[start + index] = UInt8(truncatingIfNeeded: new >> UInt64(8 * index)) }
  }

  private mutating func part(of bytes: [UInt8]) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    let start = Int.random(in: 0..<bytes.count, using: &generator)
    return Array(bytes[start..<min(bytes.count, start + length(upTo: 256))])
  }

  private mutating func length(upTo limit: Int) -> Int {
    Int.random(in: 1...limit, using: &generator)
  }
}
