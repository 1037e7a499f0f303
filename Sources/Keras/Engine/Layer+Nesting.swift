import ModelFiles

extension ConfigReader {
  /// The layer described by an argument.
  ///
  /// - Throws: `KerasError` where the argument is missing or describes no layer that this program knows.
  public func layer(_ key: String) throws -> Layer {
    guard let member = value(key) else { throw error(key, "is missing") }
    return try layer(member, of: key)
  }

  func optionalLayer(_ key: String) throws -> Layer? { try value(key).map { try layer($0, of: key) } }

  func layer(_ member: JSONValue, of key: String) throws -> Layer {
    guard serializedObject(member) != nil else {
      throw error(key, "must be a layer: an object with class_name and config, found \(member.excerpt)")
    }
    return try ModelReader.layer(member)
  }
}
