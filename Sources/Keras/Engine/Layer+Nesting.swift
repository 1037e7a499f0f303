import ModelFiles

extension Layer {
  /// Builds a layer inside this one. Its variables' paths start with this layer's name.
  ///
  /// - Throws: what the inner layer's `build` throws.
  public func buildSublayer(_ layer: Layer, shapes: [[Int?]]) throws {
    let isNew = !layer.built
    try layer.buildIfNeeded(shapes: shapes)
    guard isNew else { return }
    for variable in layer.weights { variable.path = "\(name)/\(variable.path)" }
  }
}

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
      throw error(key, "must be a layer: an object with class_name and config, found \(member)")
    }
    return try ModelReader.layer(member)
  }
}
