import Graph
import ModelFiles

extension OperationCall {
  /// Two operands; numbers and lists of them take the other's type, as in TensorFlow.
  func pair(_ first: String = "x", _ second: String = "y") throws -> (Tensor, Tensor) {
    let (a, b) = (try tensor(first), try tensor(second))
    switch (argument(first)?.plainValue, argument(second)?.plainValue) {
    case (nil, .some): return (a, b.asType(a.dtype))
    case (.some, nil): return (a.asType(b.dtype), b)
    default: return (a, b)
    }
  }

  /// A tensor, or numbers that take the type of another.
  func tensor(_ name: String, like other: Tensor) throws -> Tensor {
    let tensor = try tensor(name)
    return argument(name)?.plainValue == nil ? tensor : tensor.asType(other.dtype)
  }

  /// An element type as Keras 2 writes one: `float32` or `<dtype: 'float32'>`.
  func type(_ name: String = "dtype") throws -> DType? {
    guard let text = try value(name)?.string else { return nil }
    let quoted = text.split(separator: "'")
    let plain = quoted.count > 1 ? String(quoted[1]) : text
    guard let dtype = DType(rawValue: plain) else { throw error(name, "is no element type: \(text)") }
    return dtype
  }

  func requiredType(_ name: String = "dtype") throws -> DType {
    guard let dtype = try type(name) else { throw error(name, "is missing") }
    return dtype
  }

  /// - Throws: `KerasError` where the argument has another value than this, or than nothing.
  func require(_ name: String, _ expected: JSONValue) throws {
    guard let found = try value(name), found != expected else { return }
    throw error(name, "has no equal here at \(found)")
  }

  /// An axis that counts from 0.
  func axis(_ name: String = "axis", _ fallback: Int, of x: Tensor) throws -> Int {
    let axis = try int(name, fallback)
    let place = axis < 0 ? axis + x.rank : axis
    guard (0..<x.rank).contains(place) else {
      throw error(name, "\(axis) does not exist in shape \(describe(x.partialShape))")
    }
    return place
  }

  /// An integer that others can be added to.
  func length(_ name: String, _ fallback: Int? = nil) throws -> Int {
    let value = try fallback.map { try int(name, $0) } ?? int(name)
    guard Self.lengths.contains(value) else { throw error(name, "is too large: \(value)") }
    return value
  }

  /// Integers that others can be added to.
  func lengths(_ name: String) throws -> [Int] {
    let values = try ints(name)
    guard values.allSatisfy(Self.lengths.contains) else { throw error(name, "are too large: \(values)") }
    return values
  }

  private static let lengths = -(1 << 40)...(1 << 40)

  func product(_ values: [Int]) throws -> Int {
    try values.reduce(1) { product, value in
      let (result, overflows) = product.multipliedReportingOverflow(by: value)
      guard !overflows else { throw error("shape", "\(values) has too many elements") }
      return result
    }
  }

  /// The extent of an axis.
  ///
  /// - Throws: `KerasError` where it is open.
  func extent(_ x: Tensor, _ axis: Int) throws -> Int {
    guard x.partialShape.indices.contains(axis < 0 ? axis + x.rank : axis),
      let extent = x.partialShape[axis < 0 ? axis + x.rank : axis]
    else { throw error("axis", "\(axis) has no known extent in shape \(describe(x.partialShape))") }
    return extent
  }

  /// All extents.
  ///
  /// - Throws: `KerasError` where one is open.
  func extents(_ x: Tensor) throws -> [Int] { try x.partialShape.indices.map { try extent(x, $0) } }

  /// The names of axes as TensorFlow 1 and 2 write them.
  func axes(_ names: String...) throws -> [Int]? { try names.lazy.compactMap(optionalInts).first }
}

extension Tensor {
  /// A tensor of whole numbers.
  static func integers(_ values: [Int], _ shape: Shape? = nil) -> Tensor {
    Tensor(values.map(Int32.init(clamping:)), shape: shape ?? [values.count])
  }
}
