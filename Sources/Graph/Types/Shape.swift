/// The extents of a tensor, outermost first. A scalar has the empty shape.
///
/// Reading an axis never traps: an axis outside the rank reads as 1, the extent that broadcasting would give it,
/// and a negative axis counts from the end.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
  public var dimensions: [Int]

  public init(_ dimensions: [Int]) { self.dimensions = dimensions }
  public init(arrayLiteral elements: Int...) { self.dimensions = elements }

  public static var scalar: Shape { Shape([]) }

  public var rank: Int { dimensions.count }

  /// The product of the extents. A shape that passed `Shape.validate` cannot overflow it.
  public var elementCount: Int { dimensions.reduce(1, &*) }

  public subscript(axis: Int) -> Int {
    let index = axis < 0 ? axis + dimensions.count : axis
    return dimensions.indices.contains(index) ? dimensions[index] : 1
  }

  /// The axis counted from the front, or `nil` where the rank has no such axis.
  public func normalized(axis: Int) -> Int? {
    let index = axis < 0 ? axis + dimensions.count : axis
    return dimensions.indices.contains(index) ? index : nil
  }

  /// Row-major strides, in elements.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    var step = 1
    for axis in dimensions.indices.reversed() {
      strides[axis] = step
      step = step &* dimensions[axis]
    }
    return strides
  }

  /// Whether every extent is zero or more and the byte count of 8-byte elements fits an `Int`.
  public var isValid: Bool {
    var bytes = 8
    for extent in dimensions {
      if extent < 0 { return false }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: Swift.max(extent, 1))
      if overflow { return false }
      bytes = product
    }
    return true
  }

  /// The shape without the given axes (counted from the front).
  public func removing(axes: some Sequence<Int>) -> Shape {
    let removed = Set(axes)
    return Shape(dimensions.indices.filter { !removed.contains($0) }.map { dimensions[$0] })
  }

  /// The shape with the given axes (counted from the front) set to 1.
  public func keeping(axes: some Sequence<Int>) -> Shape {
    let kept = Set(axes)
    return Shape(dimensions.indices.map { kept.contains($0) ? 1 : dimensions[$0] })
  }

  public func replacing(axis: Int, with extent: Int) -> Shape {
    guard let index = normalized(axis: axis) else { return self }
    var copy = self
    copy.dimensions[index] = extent
    return copy
  }

  /// The shape that NumPy's broadcasting gives two operands, or `nil` where they do not agree.
  public static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    let rank = Swift.max(a.rank, b.rank)
    var result = [Int](repeating: 1, count: rank)
    for back in 1...Swift.max(rank, 1) where back <= rank {
      let (x, y) = (a[-back], b[-back])
      guard x == y || x == 1 || y == 1 else { return nil }
      result[rank - back] = x == 1 ? y : x
    }
    return Shape(result)
  }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
