/// What groups and datasets share: attributes.
public protocol HDF5Attributed: Sendable {
  /// Where the object was found, from “/”.
  var path: String { get }
  /// Where the attributes come from.
  var attributeSource: HDF5AttributeSource { get }
}

/// The header of an object, from which its attributes are read when they are asked for.
public struct HDF5AttributeSource: Sendable {
  fileprivate let container: HDF5Container
  fileprivate let header: HDF5ObjectHeader
  fileprivate let context: ErrorContext

  init(_ container: HDF5Container, _ header: HDF5ObjectHeader, path: String) {
    self.container = container
    self.header = header
    context = container.source.context.inside(path)
  }

  fileprivate func read() throws(ModelFileError) -> [HDF5Attribute] {
    try container.attributes(of: header, context)
  }
}

extension HDF5Attributed {
  /// The names of the attributes, in file order.
  public var attributeNames: [String] {
    get throws(ModelFileError) { try attributeSource.read().map(\.name) }
  }

  /// All attributes in file order.
  public var attributes: [(name: String, value: HDF5AttributeValue)] {
    get throws(ModelFileError) {
      var result: [(name: String, value: HDF5AttributeValue)] = []
      for attribute in try attributeSource.read() { result.append((attribute.name, try attribute.value())) }
      return result
    }
  }

  /// The value of an attribute, or nil where there is none of this name.
  public func attribute(_ name: String) throws(ModelFileError) -> HDF5AttributeValue? {
    try attributeSource.read().first { $0.name == name }?.value()
  }

  /// A list of texts that Keras may have split: the attribute `name`, or else `name0`, `name1`, … joined.
  ///
  /// Keras splits lists over 64,512 bytes, the most that an HDF5 object header can hold.
  /// - Returns: nil where neither exists.
  public func chunkedStrings(_ name: String) throws(ModelFileError) -> [String]? {
    let attributes = try attributeSource.read()
    if let attribute = attributes.first(where: { $0.name == name }) { return try texts(of: attribute) }
    var result: [String]?
    var index = 0
    while let attribute = attributes.first(where: { $0.name == "\(name)\(index)" }) {
      result = try (result ?? []) + texts(of: attribute)
      index += 1
    }
    return result
  }

  private func texts(of attribute: HDF5Attribute) throws(ModelFileError) -> [String] {
    guard let strings = try attribute.value().strings else {
      throw attributeSource.context.inside("attribute “\(attribute.name)”")
        .error(.mismatch, expected: "a list of texts", found: "another value")
    }
    return strings
  }
}

extension HDF5Group: HDF5Attributed {
  public var attributeSource: HDF5AttributeSource { HDF5AttributeSource(container, header, path: path) }
}

extension HDF5Dataset: HDF5Attributed {
  public var attributeSource: HDF5AttributeSource { HDF5AttributeSource(container, header, path: path) }
}
