/// The header of a `.npy` file: a Python dictionary literal of three known entries.
///
/// It is parsed for exactly that and never evaluated.
struct NPYHeader {
  /// The type of the elements, with its byte order and size: `<f4`.
  let descriptor: String
  let isFortranOrder: Bool
  let shape: [Int]

  init(_ text: [UInt8], _ context: ErrorContext) throws(ModelFileError) {
    var parser = PythonLiteralParser(text, context.inside("header"))
    (descriptor, isFortranOrder, shape) = try parser.parseHeader()
  }

  /// The header that NumPy writes for version 1, padded so that the data starts at a multiple of 64 bytes.
  static func encoded(descriptor: String, shape: [Int]) -> [UInt8] {
    let lengths = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let dictionary = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(lengths)), }"
    let prefixByteCount = NPYFile.magic.count + 4
    let byteCount = (prefixByteCount + dictionary.utf8.count + 1).roundedUp(to: 64)
    var bytes = ByteBuilder()
    bytes.append(NPYFile.magic)
    bytes.append([1, 0])
    bytes.append(UInt16(byteCount - prefixByteCount))
    bytes.append(dictionary.utf8)
    bytes.append(repeatElement(UInt8(ascii: " "), count: byteCount - bytes.count - 1))
    bytes.append([UInt8(ascii: "\n")])
    return bytes.bytes
  }
}

private struct PythonLiteralParser {
  private let text: [UInt8]
  private let context: ErrorContext
  private var index = 0

  init(_ text: [UInt8], _ context: ErrorContext) {
    self.text = text
    self.context = context
  }

  mutating func parseHeader() throws(ModelFileError) -> (String, Bool, [Int]) {
    var descriptor: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !consume("}") {
      let key = try parseString()
      try expect(":")
      switch key {
      case "descr" where descriptor == nil: descriptor = try parseDescriptor()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try parseBool()
      case "shape" where shape == nil: shape = try parseShape()
      default: throw failure("the entries descr, fortran_order and shape once each", found: "“\(key)”")
      }
      if !consume(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard index == text.count, let descriptor, let isFortranOrder, let shape else {
      throw failure("a dictionary of descr, fortran_order and shape", found: "another")
    }
    return (descriptor, isFortranOrder, shape)
  }

  private mutating func parseDescriptor() throws(ModelFileError) -> String {
    skipSpace()
    guard current != UInt8(ascii: "[") else {
      throw context.unsupported(
        expected: "plain numbers", found: "a structured type", remedy: "save each field as an array of its own")
    }
    return try parseString()
  }

  private mutating func parseString() throws(ModelFileError) -> String {
    skipSpace()
    guard let quote = current, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw failure("text in quotes")
    }
    index += 1
    let start = index
    while let byte = current, byte != quote {
      guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else { throw failure("plain characters") }
      index += 1
    }
    guard current == quote else { throw failure("a closing quote") }
    index += 1
    return String(decoding: text[start..<index - 1], as: UTF8.self)
  }

  private mutating func parseBool() throws(ModelFileError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where text[index...].starts(with: word.utf8) {
      index += word.utf8.count
      return value
    }
    throw failure("True or False")
  }

  private mutating func parseShape() throws(ModelFileError) -> [Int] {
    try expect("(")
    var shape: [Int] = []
    while !consume(")") {
      shape.append(try parseLength())
      guard shape.count <= 32 else { throw failure("at most 32 dimensions", found: "more") }
      if !consume(",") {
        // (3) is a number in Python; only (3,) is a tuple.
        guard shape.count > 1 else { throw failure("“,”") }
        try expect(")")
        break
      }
    }
    return shape
  }

  private mutating func parseLength() throws(ModelFileError) -> Int {
    skipSpace()
    let start = index
    while let byte = current, byte &- UInt8(ascii: "0") <= 9 { index += 1 }
    guard let length = Int(String(decoding: text[start..<index], as: UTF8.self)) else {
      throw failure("the length of a dimension")
    }
    // Python 2 wrote long integers with this suffix.
    if current == UInt8(ascii: "L") { index += 1 }
    return length
  }

  private var current: UInt8? { index < text.count ? text[index] : nil }

  private mutating func skipSpace() {
    while current == 0x20 || current == 0x0A { index += 1 }
  }

  private mutating func consume(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(ModelFileError) {
    guard consume(character) else { throw failure("“\(character)”") }
  }

  private func failure(_ expected: String, found: String? = nil) -> ModelFileError {
    let actual = current.map { "byte \($0) at \(index)" } ?? "the end"
    return context.malformed(expected: expected, found: found ?? actual)
  }
}
