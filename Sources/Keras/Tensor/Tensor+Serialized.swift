import Graph
import ModelFiles

extension Tensor {
  /// Whether a value of a file is an object that holds an array: Keras writes constants among a call's arguments so.
  static func isSerialized(_ value: JSONValue) -> Bool {
    ["__numpy__", "__tensor__"].contains(value["class_name"]?.string)
  }

  /// Numbers as a file writes them: a number, nested lists, or an object that holds an array.
  ///
  /// - Throws: `KerasError` where the value is no array, or one of a type that there is not here.
  init(serialized value: JSONValue, of subject: String) throws {
    if Self.isSerialized(value), let config = value["config"] {
      let type = config["dtype"]?.string ?? "float32"
      guard let dtype = DType(rawValue: type) else {
        throw KerasError(.invalidFile, subject, "holds an array of type \(type), which is not supported")
      }
      let numbers = try NestedNumbers(config["value"] ?? nil, of: subject)
      if dtype == .int64, let integers = numbers.integers {
        self = Tensor(integers, shape: numbers.shape)
      } else {
        self = Tensor(numbers.values, shape: numbers.shape).asType(dtype)
      }
      return
    }
    let numbers = try NestedNumbers(value, of: subject)
    self = Tensor(numbers.values, shape: numbers.shape).asType(numbers.dtype)
  }
}

/// The numbers of nested lists.
private struct NestedNumbers {
  private(set) var values: [Double] = []
  private(set) var shape = Shape.scalar
  /// The type that Keras gives such numbers.
  private(set) var dtype = DType.bool
  /// The same numbers where all are whole.
  private(set) var integers: [Int64]? = []

  init(_ value: JSONValue, of subject: String) throws {
    shape = Shape(try collect(value, subject))
    if values.isEmpty { dtype = .float32 }
  }

  private mutating func collect(_ value: JSONValue, _ subject: String) throws -> [Int] {
    if let items = value.array {
      var shapes: Set<[Int]> = []
      for item in items { shapes.insert(try collect(item, subject)) }
      guard shapes.count <= 1 else {
        throw KerasError(.invalidArgument, subject, "lists of different lengths do not make a tensor")
      }
      return [items.count] + (shapes.first ?? [])
    }
    if let flag = value.bool {
      values.append(flag ? 1 : 0)
      integers?.append(flag ? 1 : 0)
    } else if case .integer(let integer) = value {
      values.append(Double(integer))
      integers?.append(integer)
      if dtype == .bool { dtype = .int32 }
    } else if let number = value.double {
      values.append(number)
      integers = nil
      dtype = .float32
    } else {
      throw KerasError(.invalidArgument, subject, "must be a tensor or numbers, found \(value.excerpt)")
    }
    return []
  }
}

extension Buffer {
  /// The elements in nested lists, as Python's `tolist` gives them.
  var nested: JSONValue {
    let elements: [JSONValue] =
      switch type.dtype {
      case .bool: doubles().map { .bool($0 != 0) }
      case .int64: bytes.bindMemory(to: Int64.self).map { .integer($0) }
      case let dtype where dtype.isFloatingPoint: doubles().map { .number($0) }
      default: doubles().map { Int64(exactly: $0).map(JSONValue.integer) ?? .number($0) }
      }
    return Self.nested(elements[...], type.shape.dimensions[...])
  }

  private static func nested(_ elements: ArraySlice<JSONValue>, _ shape: ArraySlice<Int>) -> JSONValue {
    guard let count = shape.first else { return elements.first ?? nil }
    let size = count == 0 ? 0 : elements.count / count
    return .array(
      (0..<count).map { index in
        let start = elements.startIndex + index * size
        return nested(elements[start..<(start + size)], shape.dropFirst())
      })
  }
}
