extension JSONValue {
  public var isNull: Bool { self == .null }

  /// The truth value, or nil for any other kind.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The number if it is whole and in range, or nil.
  public var int: Int? {
    switch self {
    case .integer(let value): Int(exactly: value)
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The number, or nil for any other kind.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The text, or nil for any other kind.
  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The elements, or nil for any other kind.
  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members, or nil for any other kind.
  public var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The member called `key`, or nil where there is none or this is no object.
  public subscript(key: String) -> JSONValue? { object?[key] }

  /// The element at `index`, or nil where there is none or this is no array.
  public subscript(index: Int) -> JSONValue? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }

  /// What kind of value this is, for messages.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue {
  /// The member called `key` of the kind that `view` selects: `try config.require("units", \.int)`.
  ///
  /// - Parameter file: what the error names as the file.
  /// - Throws: ``ModelFileError`` of kind `.missing` or `.mismatch`.
  public func require<Value>(
    _ key: String, _ view: (JSONValue) -> Value?, in file: String = "config.json"
  ) throws(ModelFileError) -> Value {
    let context = ErrorContext(file: file, location: key)
    guard let member = self[key] else {
      throw context.error(
        .missing, expected: "a member of this name",
        found: object.map { "only \($0.keys.prefix(20).joined(separator: ", "))" } ?? kindName)
    }
    guard let value = view(member) else {
      throw context.error(.mismatch, expected: "\(Value.self)", found: member.kindName)
    }
    return value
  }
}
