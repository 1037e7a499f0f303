import ModelFiles

/// Axes as Keras takes them: one integer, or a list. Negative ones count from the end.
public struct Axes: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  public let values: [Int]
  /// Whether files are to write a list even of one axis.
  private let isList: Bool

  public init(_ values: [Int]) { (self.values, isList) = (values, true) }
  public init(integerLiteral value: Int) { (values, isList) = ([value], false) }
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  var serialized: JSONValue { isList ? JSONValue(values) : JSONValue(values.first) }

  /// The axes from the front, in ascending order.
  ///
  /// - Throws: `KerasError` where an axis does not exist in a shape of that rank, or comes twice.
  func resolved(rank: Int, layer: String) throws -> [Int] {
    let indices = values.map { $0 < 0 ? $0 + rank : $0 }
    guard indices.allSatisfy((0..<rank).contains), Set(indices).count == indices.count else {
      throw KerasError(.incompatibleShape, layer, "axis \(values) does not fit an input of \(rank) axes")
    }
    return indices.sorted()
  }

  /// The extents of weights that go with these axes: Keras sorts the axes before it counts negative ones from the end.
  func weightExtents(of shape: [Int?], layer: String) throws -> [Int] {
    try Axes.extents(values.sorted().map { $0 < 0 ? $0 + shape.count : $0 }, of: shape, layer: layer)
  }

  /// Extents at `axes` of a shape in which they must be known.
  static func extents(_ axes: [Int], of shape: [Int?], layer: String) throws -> [Int] {
    try axes.map { axis in
      guard let extent = shape[axis] else {
        throw KerasError(
          .incompatibleShape, layer, "axis \(axis) of the input must be known, found \(describe(shape))")
      }
      return extent
    }
  }
}

extension ConfigReader {
  func axes(default fallback: Axes) throws -> Axes {
    guard let values = try optionalInts("axis") else { return fallback }
    return value("axis")?.array == nil ? Axes(integerLiteral: values[0]) : Axes(values)
  }
}
