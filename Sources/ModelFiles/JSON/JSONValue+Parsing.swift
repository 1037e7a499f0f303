extension JSONValue {
  /// What a document may cost.
  public struct Limits: Sendable {
    /// How deeply arrays and objects may be nested.
    public var depth: Int
    /// The bytes of the document.
    public var byteCount: Int
    /// The values of the document, those inside others counted as well: each takes more memory than its text.
    public var valueCount: Int

    public init(depth: Int = 256, byteCount: Int = 64 << 20, valueCount: Int = 1 << 20) {
      self.depth = depth
      self.byteCount = byteCount
      self.valueCount = valueCount
    }
  }

  /// Parses one JSON document.
  ///
  /// Repeated member names are refused, as readers disagree about which one counts, and so are surrogates without
  /// their other half, which no Swift string can hold. Integers beyond 64 bits become floating-point numbers.
  ///
  /// - Parameter name: what errors call the document.
  /// - Throws: ``ModelFileError`` that names line and column.
  public init(
    parsing bytes: [UInt8], name: String = "JSON", limits: Limits = Limits()
  ) throws(ModelFileError) {
    guard bytes.count <= limits.byteCount else {
      throw ErrorContext(file: name).error(
        .limitExceeded, expected: "at most \(limits.byteCount) bytes of JSON", found: "\(bytes.count)")
    }
    var parser = JSONParser(bytes, name: name, limits: limits)
    self = try parser.parseDocument()
  }

  /// Parses one JSON document.
  public init(
    parsing text: String, name: String = "JSON", limits: Limits = Limits()
  ) throws(ModelFileError) {
    try self.init(parsing: Array(text.utf8), name: name, limits: limits)
  }
}

/// A recursive-descent parser over UTF-8.
private struct JSONParser {
  private let bytes: [UInt8]
  private let name: String
  private let limits: JSONValue.Limits
  private var index = 0
  private var valueCount = 0

  init(_ bytes: [UInt8], name: String, limits: JSONValue.Limits) {
    self.bytes = bytes
    self.name = name
    self.limits = limits
  }

  mutating func parseDocument() throws(ModelFileError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    skipSpace()
    let value = try parseValue(depth: 0)
    skipSpace()
    guard index == bytes.count else { throw failure("the end of the document") }
    return value
  }

  private mutating func parseValue(depth: Int) throws(ModelFileError) -> JSONValue {
    valueCount += 1
    guard valueCount <= limits.valueCount else {
      throw context.error(.limitExceeded, expected: "at most \(limits.valueCount) values", found: "more")
    }
    switch current {
    case UInt8(ascii: "{"): return try parseObject(depth: depth)
    case UInt8(ascii: "["): return try parseArray(depth: depth)
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    case UInt8(ascii: "N"): return try parseWord("NaN", .number(.nan))
    case UInt8(ascii: "I"): return try parseWord("Infinity", .number(.infinity))
    default: return try parseNumber()
    }
  }

  private mutating func parseObject(depth: Int) throws(ModelFileError) -> JSONValue {
    try checkDepth(depth)
    index += 1
    var object = JSONObject()
    skipSpace()
    if consume("}") { return .object(object) }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("a member name in quotes") }
      let key = try parseString()
      skipSpace()
      guard consume(":") else { throw failure("“:” after a member name") }
      skipSpace()
      let value = try parseValue(depth: depth + 1)
      guard object.insert(key, value) else { throw failure("member names that differ", found: "“\(key)” twice") }
      skipSpace()
      if consume("}") { return .object(object) }
      guard consume(",") else { throw failure("“,” or “}” after a member") }
    }
  }

  private mutating func parseArray(depth: Int) throws(ModelFileError) -> JSONValue {
    try checkDepth(depth)
    index += 1
    var elements: [JSONValue] = []
    skipSpace()
    if consume("]") { return .array(elements) }
    while true {
      skipSpace()
      elements.append(try parseValue(depth: depth + 1))
      skipSpace()
      if consume("]") { return .array(elements) }
      guard consume(",") else { throw failure("“,” or “]” after an element") }
    }
  }

  private func checkDepth(_ depth: Int) throws(ModelFileError) {
    guard depth < limits.depth else {
      throw context.error(.limitExceeded, expected: "at most \(limits.depth) nested values", found: "more")
    }
  }

  private mutating func parseString() throws(ModelFileError) -> String {
    index += 1
    let start = index
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
    // Most strings hold no escapes and are taken as they are.
    if current == UInt8(ascii: "\"") {
      let text = try validated(bytes[start..<index])
      index += 1
      return text
    }
    var unescaped = Array(bytes[start..<index])
    while true {
      guard let byte = current else { throw failure("a closing quote") }
      guard byte >= 0x20 else { throw failure("an escape", found: "a control character") }
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return try validated(unescaped[...])
      case UInt8(ascii: "\\"): try parseEscape(into: &unescaped)
      default: unescaped.append(byte)
      }
    }
  }

  private mutating func parseEscape(into text: inout [UInt8]) throws(ModelFileError) {
    guard let byte = current else { throw failure("an escape") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var scalar = try parseHexadecimal()
      if (0xD800..<0xDC00).contains(scalar), consume("\\"), consume("u") {
        let low = try parseHexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw failure("the second half of a surrogate pair") }
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(scalar) else { throw failure("a complete surrogate pair") }
      text.append(contentsOf: Array(String(scalar).utf8))
    default:
      throw failure("a known escape")
    }
  }

  private mutating func parseHexadecimal() throws(ModelFileError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  private func validated(_ text: ArraySlice<UInt8>) throws(ModelFileError) -> String {
    guard let string = String(validating: text, as: UTF8.self) else { throw failure("text in UTF-8") }
    return string
  }

  private mutating func parseNumber() throws(ModelFileError) -> JSONValue {
    let start = index
    let isNegative = consume("-")
    if isNegative, current == UInt8(ascii: "I") { return try parseWord("Infinity", .number(-.infinity)) }
    let firstDigit = index
    skipDigits()
    guard index > firstDigit else { throw failure("a value") }
    guard bytes[firstDigit] != UInt8(ascii: "0") || index == firstDigit + 1 else {
      throw failure("a number without leading zeros")
    }
    var isInteger = true
    if consume(".") {
      isInteger = false
      let fraction = index
      skipDigits()
      guard index > fraction else { throw failure("digits after the point") }
    }
    if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      index += 1
      if !consume("-") { _ = consume("+") }
      let exponent = index
      skipDigits()
      guard index > exponent else { throw failure("digits of an exponent") }
    }
    if isInteger, let value = integer(bytes[firstDigit..<index], isNegative: isNegative) { return .integer(value) }
    guard let value = DecimalNumber.parse(bytes[start..<index]) else { throw failure("a number") }
    return .number(value)
  }

  private func integer(_ digits: ArraySlice<UInt8>, isNegative: Bool) -> Int64? {
    var value: Int64 = 0
    for digit in digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let step = Int64(digit - UInt8(ascii: "0"))
      let (sum, sumOverflow) =
        isNegative ? product.subtractingReportingOverflow(step) : product.addingReportingOverflow(step)
      if overflow || sumOverflow { return nil }
      value = sum
    }
    return value
  }

  private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(ModelFileError) -> JSONValue {
    let matches = word.withUTF8Buffer { bytes[index...].starts(with: $0) }
    guard matches else { throw failure("“\(word)”") }
    index += word.utf8CodeUnitCount
    return value
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func consume(_ character: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func skipDigits() {
    while let byte = current, byte &- UInt8(ascii: "0") <= 9 { index += 1 }
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private var context: ErrorContext {
    let lineStart = bytes[..<index].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let line = bytes[..<index].count { $0 == 0x0A } + 1
    return ErrorContext(file: name, location: "line \(line), column \(index - lineStart + 1)")
  }

  private func failure(_ expected: String, found: String? = nil) -> ModelFileError {
    let actual = current.map { byte in
      (0x21...0x7E).contains(byte) ? "“\(Character(Unicode.Scalar(byte)))”" : "byte \(byte)"
    }
    return context.malformed(expected: expected, found: found ?? actual ?? "the end")
  }
}
