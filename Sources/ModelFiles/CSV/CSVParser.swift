/// Splits lines into fields and fields into numbers.
struct CSVParser {
  private let bytes: [UInt8]
  private let context: ErrorContext
  private var index = 0
  private var line = 1

  private(set) var header: [String]?
  private(set) var rowCount = 0
  private(set) var columnCount: Int?
  private(set) var values: [Double] = []

  init(_ bytes: [UInt8], _ context: ErrorContext) {
    self.bytes = bytes
    self.context = context
  }

  mutating func parse() throws(ModelFileError) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    var isFirst = true
    while index < bytes.count {
      let fields = try parseLine()
      // A line without any field but an empty one is an empty line.
      if !(fields.count == 1 && fields[0].isEmpty) {
        try add(fields, isFirst: isFirst)
        isFirst = false
      }
      line += 1
    }
  }

  private mutating func add(_ fields: [[UInt8]], isFirst: Bool) throws(ModelFileError) {
    let row = fields.map { CSVParser.number($0) }
    if isFirst, row.contains(nil), CSVParser.isHeader(row, fields) {
      header = fields.map { CSVParser.columnName($0) }
      columnCount = fields.count
      return
    }
    for (column, value) in row.enumerated() {
      guard let value else {
        throw context.inside("line \(line), column \(column + 1)").error(
          .malformed, expected: "a number", found: "“\(String(decoding: fields[column].prefix(40), as: UTF8.self))”",
          remedy: "write numbers with commas between them, nan for one that is missing")
      }
      values.append(value)
    }
    guard columnCount == nil || columnCount == fields.count else {
      throw context.inside("line \(line)").error(
        .malformed, expected: "\(columnCount ?? 0) fields as in the lines before", found: "\(fields.count)",
        remedy: "give every line as many")
    }
    columnCount = fields.count
    rowCount += 1
  }

  /// Whether a first line names columns. Numbers are names only where they count from 0, as pandas has them for the
  /// columns of an array; any other line with a number is a row with something wrong in it.
  private static func isHeader(_ row: [Double?], _ fields: [[UInt8]]) -> Bool {
    let numbers = row.compactMap { $0 }
    return numbers == numbers.indices.map(Double.init) && zip(row, fields).allSatisfy { $0 != nil || !$1.isEmpty }
  }

  /// The fields up to the end of the line, without quotes and without space around them.
  private mutating func parseLine() throws(ModelFileError) -> [[UInt8]] {
    var fields: [[UInt8]] = []
    var field: [UInt8] = []
    var isQuoted = false
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        guard byte == UInt8(ascii: "\"") else {
          field.append(byte)
          continue
        }
        if index < bytes.count, bytes[index] == byte {
          field.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
      case UInt8(ascii: ","):
        fields.append(CSVParser.trimmed(field))
        field.removeAll(keepingCapacity: true)
      case UInt8(ascii: "\n"):
        fields.append(CSVParser.trimmed(field))
        return fields
      case UInt8(ascii: " ") where field.isEmpty, UInt8(ascii: "\t") where field.isEmpty: break
      default: field.append(byte)
      }
    }
    guard !isQuoted else {
      throw context.inside("line \(line)").malformed(expected: "a closing quote", found: "the end")
    }
    fields.append(CSVParser.trimmed(field))
    return fields
  }

  private static func trimmed(_ field: [UInt8]) -> [UInt8] {
    var end = field.count
    while end > 0, [0x20, 0x09, 0x0D].contains(field[end - 1]) { end -= 1 }
    return end == field.count ? field : Array(field[..<end])
  }

  private static func number(_ field: [UInt8]) -> Double? {
    if let number = DecimalNumber.parse(field[...]) { return number }
    switch String(decoding: field, as: UTF8.self).lowercased() {
    case "nan", "+nan", "-nan": return .nan
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: return nil
    }
  }

  /// The mark that `numpy.savetxt` puts before its header is not part of a name.
  private static func columnName(_ field: [UInt8]) -> String {
    let text = String(decoding: field, as: UTF8.self)
    return text.hasPrefix("# ") ? String(text.dropFirst(2)) : text
  }
}
