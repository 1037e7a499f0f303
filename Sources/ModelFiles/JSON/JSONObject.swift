/// The members of a JSON object, which keep the order in which they were written.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
  /// The names in order.
  public private(set) var keys: [String] = []
  private var values: [String: JSONValue] = [:]

  public init() {}

  /// The last value counts where a name repeats.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  public var count: Int { keys.count }
  public var isEmpty: Bool { keys.isEmpty }

  /// The value called `key`. Setting a new one appends it; setting nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { values[key] }
    set {
      if let newValue {
        if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
      } else if values.removeValue(forKey: key) != nil {
        keys.removeAll { $0 == key }
      }
    }
  }

  /// Adds a member; false if the name is taken, and then nothing changes.
  mutating func insert(_ key: String, _ value: JSONValue) -> Bool {
    guard values[key] == nil else { return false }
    self[key] = value
    return true
  }
}

extension JSONObject: Sequence {
  /// The members as pairs, in order.
  public func makeIterator() -> some IteratorProtocol<(key: String, value: JSONValue)> {
    keys.lazy.compactMap { key in values[key].map { (key: key, value: $0) } }.makeIterator()
  }
}

extension JSONObject: Equatable {
  /// Equal names and values, in any order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.values == right.values
  }
}
