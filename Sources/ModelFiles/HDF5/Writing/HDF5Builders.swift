/// What groups and datasets to be written share: attributes.
public class HDF5ObjectBuilder {
  /// The most bytes of an attribute, as Keras counts them: an object header cannot hold more.
  public static let attributeByteLimit = 64_512

  /// The place in the file, from “/”.
  public let path: String
  private(set) var attributes: [(name: String, value: HDF5AttributeValue)] = []

  fileprivate init(path: String) {
    self.path = path
  }

  /// Adds an attribute, or replaces the one of this name.
  ///
  /// A string is written with variable length in UTF-8, as h5py writes `str`; a list of strings with a fixed length, as
  /// h5py writes arrays of `bytes`.
  /// - Throws: ``ModelFileError`` of kind `.invalidArgument` for a value over ``attributeByteLimit``; the length of a
  ///   single string is not limited.
  public func setAttribute(_ name: String, _ value: HDF5AttributeValue) throws(ModelFileError) {
    let context = ErrorContext(file: "HDF5", location: path).inside("attribute “\(name)”")
    guard !name.isEmpty, name.utf8.count < 256, !name.utf8.contains(0) else {
      throw context.error(.invalidArgument, expected: "a name of 1 to 255 bytes without NUL", found: "another")
    }
    let byteCount: Int
    switch value {
    case .null: byteCount = 0
    case .string(let text):
      byteCount = 0
      guard text.utf8.count <= Int32.max else {
        throw context.error(.invalidArgument, expected: "text of at most 2 GiB", found: "\(text.utf8.count) bytes")
      }
    case .strings(let texts): byteCount = HDF5ObjectBuilder.byteCount(of: texts)
    case .array(let array):
      byteCount = array.bytes.count
      guard array.shape.count <= 32 else {
        throw context.error(.invalidArgument, expected: "at most 32 dimensions", found: "\(array.shape.count)")
      }
    case .bytes(let bytes): byteCount = bytes.count
    }
    guard byteCount <= HDF5ObjectBuilder.attributeByteLimit else {
      throw context.error(
        .invalidArgument, expected: "at most \(HDF5ObjectBuilder.attributeByteLimit) bytes", found: "\(byteCount)",
        remedy: "split the list with setChunkedStrings, or write a dataset")
    }
    if let index = attributes.firstIndex(where: { $0.name == name }) {
      attributes[index].value = value
    } else {
      attributes.append((name, value))
    }
  }

  /// Adds a list of strings, split into `name0`, `name1`, … where it is too large for one attribute, as Keras splits it.
  public func setChunkedStrings(_ name: String, _ texts: [String]) throws(ModelFileError) {
    guard HDF5ObjectBuilder.byteCount(of: texts) > HDF5ObjectBuilder.attributeByteLimit else {
      return try setAttribute(name, .strings(texts))
    }
    let itemByteCount = texts.reduce(1) { max($0, $1.utf8.count) }
    // Keras looks for the smallest number of nearly equal parts that fit.
    var partCount = 2
    while partCount < texts.count,
      (texts.count - 1) / partCount + 1 > HDF5ObjectBuilder.attributeByteLimit / itemByteCount
    {
      partCount += 1
    }
    let (length, longerCount) = texts.count.quotientAndRemainder(dividingBy: partCount)
    var start = 0
    for part in 0..<partCount {
      let end = start + length + (part < longerCount ? 1 : 0)
      try setAttribute("\(name)\(part)", .strings(Array(texts[start..<end])))
      start = end
    }
  }

  private static func byteCount(of texts: [String]) -> Int {
    texts.count * texts.reduce(1) { max($0, $1.utf8.count) }
  }
}

/// A group to be written.
public final class HDF5GroupBuilder: HDF5ObjectBuilder {
  enum Child {
    case group(HDF5GroupBuilder)
    case dataset(HDF5DatasetBuilder)
  }

  private(set) var children: [String: Child] = [:]

  override init(path: String) {
    super.init(path: path)
  }

  /// Adds an empty group.
  @discardableResult
  public func addGroup(_ name: String) throws(ModelFileError) -> HDF5GroupBuilder {
    let group = HDF5GroupBuilder(path: try newPath(name))
    children[name] = .group(group)
    return group
  }

  /// The group at a path below this one, with “/” between names; groups that are missing are added.
  public func group(at path: String) throws(ModelFileError) -> HDF5GroupBuilder {
    var group = self
    for name in path.split(separator: "/").map(String.init) {
      if case .group(let next)? = group.children[name] {
        group = next
      } else {
        group = try group.addGroup(name)
      }
    }
    return group
  }

  /// Adds a dataset whose bytes, little-endian in row-major order, `contents` writes when the file is written.
  ///
  /// bfloat16 becomes NumPy's void of two bytes with the attribute `dtype`, as Keras writes it.
  @discardableResult
  public func addDataset(
    _ name: String, elementType: ElementType, shape: [Int],
    contents: @escaping (any ByteSink) throws(ModelFileError) -> Void
  ) throws(ModelFileError) -> HDF5DatasetBuilder {
    let path = try newPath(name)
    guard elementType != .string, let byteCount = elementType.byteCount(shape: shape), shape.count <= 32 else {
      throw ErrorContext(file: "HDF5", location: path).error(
        .invalidArgument, expected: "numbers of a possible shape", found: "\(elementType.rawValue) of shape \(shape)")
    }
    let dataset = HDF5DatasetBuilder(
      path: path, elementType: elementType, shape: shape, byteCount: byteCount, contents: contents)
    if elementType == .bfloat16 { try dataset.setAttribute("dtype", .string(elementType.rawValue)) }
    children[name] = .dataset(dataset)
    return dataset
  }

  /// Adds a dataset with these elements, which are read when the file is written.
  @discardableResult
  public func addDataset(_ name: String, _ array: ArrayData) throws(ModelFileError) -> HDF5DatasetBuilder {
    try addDataset(name, elementType: array.elementType, shape: array.shape) { sink throws(ModelFileError) in
      try sink.write(array.bytes)
    }
  }

  private func newPath(_ name: String) throws(ModelFileError) -> String {
    let newPath = path == "/" ? "/\(name)" : "\(path)/\(name)"
    let isUsable = !name.isEmpty && name != "." && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
    guard isUsable, name.utf8.count < 32_768, children[name] == nil else {
      throw ErrorContext(file: "HDF5", location: newPath).error(
        .invalidArgument, expected: "a new name without “/” or NUL", found: isUsable ? "one that is taken" : "“\(name)”"
      )
    }
    return newPath
  }
}

/// A dataset to be written.
public final class HDF5DatasetBuilder: HDF5ObjectBuilder {
  public let elementType: ElementType
  public let shape: [Int]
  let byteCount: Int
  let contents: (any ByteSink) throws(ModelFileError) -> Void

  fileprivate init(
    path: String, elementType: ElementType, shape: [Int], byteCount: Int,
    contents: @escaping (any ByteSink) throws(ModelFileError) -> Void
  ) {
    self.elementType = elementType
    self.shape = shape
    self.byteCount = byteCount
    self.contents = contents
    super.init(path: path)
  }
}
