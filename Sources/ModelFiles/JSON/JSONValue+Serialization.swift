extension JSONValue {
  /// The value as Python's `json.dumps` writes it: separators `, ` and `: `, ASCII only, floating-point numbers with
  /// the fewest digits that read back exactly.
  ///
  /// - Parameter sortedKeys: whether members are written by name rather than in their order.
  public func serialized(sortedKeys: Bool = false) -> String {
    var writer = JSONWriter(sortedKeys: sortedKeys)
    writer.write(self)
    return String(decoding: writer.output, as: UTF8.self)
  }
}

extension JSONValue: CustomStringConvertible {
  public var description: String { serialized() }
}

extension JSONValue {
  /// The value in a message: what a file holds may be megabytes long.
  public var excerpt: String { serialized().shortened(to: 80) }
}

private struct JSONWriter {
  let sortedKeys: Bool
  private(set) var output: [UInt8] = []

  init(sortedKeys: Bool) {
    self.sortedKeys = sortedKeys
  }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .integer(let value): append(String(value))
    case .number(let value): write(value)
    case .string(let value): write(value)
    case .array(let elements):
      append("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { append(", ") }
        write(element)
      }
      append("]")
    case .object(let object):
      append("{")
      for (index, key) in (sortedKeys ? object.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : object.keys)
        .enumerated()
      {
        if index > 0 { append(", ") }
        write(key)
        append(": ")
        write(object[key] ?? .null)
      }
      append("}")
    }
  }

  private mutating func write(_ value: Double) {
    if value.isNaN {
      append("NaN")
    } else if value.isInfinite {
      append(value < 0 ? "-Infinity" : "Infinity")
    } else {
      append(value.description)
    }
  }

  private mutating func write(_ text: String) {
    output.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": append("\\\"")
      case "\\": append("\\\\")
      case "\n": append("\\n")
      case "\r": append("\\r")
      case "\t": append("\\t")
      case "\u{08}": append("\\b")
      case "\u{0C}": append("\\f")
      case " "..."~": output.append(UInt8(ascii: scalar))
      default:
        for unit in String(scalar).utf16 {
          append("\\u")
          let digits = String(unit, radix: 16)
          append(String(repeating: "0", count: 4 - digits.count) + digits)
        }
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  private mutating func append(_ text: String) {
    output.append(contentsOf: text.utf8)
  }
}
