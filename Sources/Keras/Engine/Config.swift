import Graph
import ModelFiles

/// The constructor arguments of a layer, loss, optimizer… under Keras's names, as its files store them.
public typealias Config = JSONObject

extension Config {
  /// The members of both; those of `other` count where both have one.
  func merging(_ other: Config) -> Config {
    var result = self
    for (key, value) in other { result[key] = value }
    return result
  }
}

/// Reads the arguments in a config, naming object and argument in every error.
public struct ConfigReader: Sendable {
  /// The class and, if known, the name of the object the config describes.
  public let subject: String
  public let config: Config

  public init(_ config: Config, of className: String) {
    self.config = config
    subject = config["name"]?.string.map { "\($0) (\(className))" } ?? className
  }

  public func error(_ key: String, _ message: String) -> KerasError {
    KerasError(.invalidArgument, "\(subject), argument \(key)", message)
  }

  /// The member, unless it is missing or null.
  public func value(_ key: String) -> JSONValue? {
    guard let value = config[key], !value.isNull else { return nil }
    return value
  }

  private func read<Value>(_ key: String, _ kind: String, _ view: (JSONValue) -> Value?) throws -> Value? {
    guard let member = value(key) else { return nil }
    guard let value = view(member) else { throw error(key, "must be \(kind), found \(member.excerpt)") }
    return value
  }

  public func optionalInt(_ key: String) throws -> Int? { try read(key, "an integer", \.int) }
  public func optionalDouble(_ key: String) throws -> Double? { try read(key, "a number", \.double) }
  public func optionalString(_ key: String) throws -> String? { try read(key, "a string", \.string) }
  public func optionalBool(_ key: String) throws -> Bool? {
    try read(key, "true or false") { $0.bool ?? $0.int.flatMap { $0 == 0 || $0 == 1 ? $0 == 1 : nil } }
  }

  public func int(_ key: String, default fallback: Int) throws -> Int { try optionalInt(key) ?? fallback }
  public func double(_ key: String, default fallback: Double) throws -> Double {
    try optionalDouble(key) ?? fallback
  }
  public func string(_ key: String, default fallback: String) throws -> String {
    try optionalString(key) ?? fallback
  }
  public func bool(_ key: String, default fallback: Bool) throws -> Bool { try optionalBool(key) ?? fallback }

  /// An argument without a default.
  public func int(_ key: String) throws -> Int {
    guard let value = try optionalInt(key) else { throw error(key, "is missing") }
    return value
  }

  /// A list of integers; one integer counts as a list of one.
  public func optionalInts(_ key: String) throws -> [Int]? {
    try read(key, "an integer or a list of integers") { given in
      let member = arrayContents(given)
      if let single = member.int { return [single] }
      guard let items = member.array else { return nil }
      let values = items.compactMap(\.int)
      return values.count == items.count ? values : nil
    }
  }

  /// A list of extents in which null is open.
  public func optionalShape(_ key: String) throws -> [Int?]? {
    try read(key, "a list of integers and nulls") { member in
      guard let items = member.array, items.allSatisfy({ $0.isNull || $0.int != nil }) else { return nil }
      return items.map(\.int)
    }
  }

  /// The numbers of a NumPy array or tensor, which Keras writes as an object.
  private func arrayContents(_ value: JSONValue) -> JSONValue {
    ["__tensor__", "__numpy__"].contains(value["class_name"]?.string) ? value["config"]?["value"] ?? value : value
  }

  public func optionalDoubles(_ key: String) throws -> [Double]? {
    try read(key, "a number or a list of numbers") { given in
      let member = arrayContents(given)
      if let single = member.double { return [single] }
      guard let items = member.array else { return nil }
      let values = items.compactMap(\.double)
      return values.count == items.count ? values : nil
    }
  }

  /// One of an enumeration's raw values.
  public func choice<Value: RawRepresentable & CaseIterable>(_ key: String, default fallback: Value) throws -> Value
  where Value.RawValue == String {
    guard let text = try optionalString(key) else { return fallback }
    guard let value = Value(rawValue: text) else {
      let choices = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw error(key, "must be one of \(choices), found \"\(text)\"")
    }
    return value
  }

  /// A nested config of the form `{"class_name": …, "config": {…}}`, or its name alone.
  public func optionalObject(_ key: String) throws -> (className: String, config: Config)? {
    try read(key, "a name or an object with class_name and config", serializedObject)
  }
}

/// The class and arguments in `{"class_name": …, "config": {…}}`, or a name without arguments.
func serializedObject(_ value: JSONValue) -> (className: String, config: Config)? {
  if let name = value.string { return (name, [:]) }
  guard let className = value["class_name"]?.string else { return nil }
  if let name = value["config"]?.string { return (name, [:]) }
  return (className, value["config"]?.object ?? [:])
}

/// Keras's form of an object in a file.
func serialize(module: String, className: String, config: Config) -> JSONValue {
  [
    "module": .string(module), "class_name": .string(className), "config": .object(config), "registered_name": nil,
  ]
}

extension JSONValue {
  init(_ value: Int) { self = .integer(Int64(value)) }
  init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  init(_ value: Double?) { self = value.map { .number($0) } ?? .null }
  init(_ value: String?) { self = value.map { .string($0) } ?? .null }
  init(_ values: [Int]) { self = .array(values.map { .integer(Int64($0)) }) }
  init(_ values: [Int?]) { self = .array(values.map(JSONValue.init)) }
  init(_ values: [Int]?) { self = values.map { JSONValue($0) } ?? .null }
}
