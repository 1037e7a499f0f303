import Graph
import ModelFiles

/// An argument that is one number for all classes, or a list with one for each: `0.25`, `[0.2, 0.3, 0.5]`.
public struct PerClass: Hashable, Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral
{
  /// One number for all classes, or one for each.
  public let values: [Double]
  let isList: Bool

  public init(_ value: Double) { (values, isList) = ([value], false) }
  public init(_ values: [Double]) { (self.values, isList) = (values, true) }
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }
  public init(arrayLiteral values: Double...) { self.init(values) }

  /// To multiply values by whose last axis is that of the classes.
  func tensor(_ dtype: DType) -> Tensor {
    isList ? Tensor(values).asType(dtype) : Tensor(values.first ?? 0, dtype: dtype)
  }

  /// As an array of NumPy where it is a list, for functions of Keras that compute with the argument as it is.
  var serializedArray: JSONValue {
    isList ? ["class_name": "__numpy__", "config": ["value": serialized, "dtype": "float32"]] : serialized
  }

  var serialized: JSONValue { isList ? .array(values.map { .number($0) }) : .number(values.first ?? 0) }
}

extension ConfigReader {
  func perClass(_ key: String, default fallback: PerClass) throws -> PerClass {
    guard let values = try optionalDoubles(key) else { return fallback }
    return value(key)?.double.map { PerClass($0) } ?? PerClass(values)
  }
}
