/// What groups and datasets share: attributes.
public protocol HDF5Attributed: Sendable {
  /// Where the object was found, from “/”.
  var path: String { get }
  /// The names of the attributes, in file order.
  var attributeNames: [String] { get throws(ModelFileError) }
  /// The value of an attribute, or nil where there is none of this name.
  func attribute(_ name: String) throws(ModelFileError) -> HDF5AttributeValue?
}

extension HDF5Attributed {
  /// All attributes in file order.
  public var attributes: [(name: String, value: HDF5AttributeValue)] {
    get throws(ModelFileError) {
      var result: [(name: String, value: HDF5AttributeValue)] = []
      for name in try attributeNames {
        if let value = try attribute(name) { result.append((name, value)) }
      }
      return result
    }
  }

  /// A list of texts that Keras may have split: the attribute `name`, or else `name0`, `name1`, … joined.
  ///
  /// Keras splits lists over 64,512 bytes, the most that an HDF5 object header can hold.
  /// - Returns: nil where neither exists.
  public func chunkedStrings(_ name: String) throws(ModelFileError) -> [String]? {
    if let value = try attribute(name) { return try texts(value, name) }
    var result: [String]?
    var index = 0
    while let value = try attribute("\(name)\(index)") {
      result = try (result ?? []) + texts(value, "\(name)\(index)")
      index += 1
    }
    return result
  }

  private func texts(_ value: HDF5AttributeValue, _ name: String) throws(ModelFileError) -> [String] {
    guard let strings = value.strings else {
      throw ErrorContext(file: path).inside("attribute “\(name)”")
        .error(.mismatch, expected: "a list of texts", found: "another value")
    }
    return strings
  }
}

extension HDF5Group: HDF5Attributed {
  public var attributeNames: [String] {
    get throws(ModelFileError) { try container.attributeNames(of: header, path) }
  }

  public func attribute(_ name: String) throws(ModelFileError) -> HDF5AttributeValue? {
    try container.attribute(name, of: header, path)
  }
}

extension HDF5Dataset: HDF5Attributed {
  public var attributeNames: [String] {
    get throws(ModelFileError) { try container.attributeNames(of: header, path) }
  }

  public func attribute(_ name: String) throws(ModelFileError) -> HDF5AttributeValue? {
    try container.attribute(name, of: header, path)
  }
}

extension HDF5Container {
  fileprivate func attributeNames(of header: HDF5ObjectHeader, _ path: String) throws(ModelFileError) -> [String] {
    try attributes(of: header, source.context.inside(path)).map(\.name)
  }

  func attribute(
    _ name: String, of header: HDF5ObjectHeader, _ path: String
  ) throws(ModelFileError) -> HDF5AttributeValue? {
    try attributes(of: header, source.context.inside(path)).first { $0.name == name }?.value()
  }
}
