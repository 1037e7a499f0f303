import Graph
import ModelFiles

/// All zeros.
public struct Zeros: Initializer, ConfigConstructible {
  public static let className = "Zeros"
  public init() {}
  public init(from reader: ConfigReader) throws {}
  public var config: Config { [:] }
  public func initialize(_ type: TensorType) throws -> Buffer { Buffer(type) }
}

/// All ones.
public struct Ones: Initializer, ConfigConstructible {
  public static let className = "Ones"
  public init() {}
  public init(from reader: ConfigReader) throws {}
  public var config: Config { [:] }
  public func initialize(_ type: TensorType) throws -> Buffer {
    try Tensor.full(type.shape, 1, dtype: type.dtype).buffer()
  }
}

/// All the same number (0 by default).
public struct Constant: Initializer, ConfigConstructible {
  public static let className = "Constant"
  public let value: Double
  public init(_ value: Double = 0) { self.value = value }
  public init(from reader: ConfigReader) throws { value = try reader.double("value", default: 0) }
  public var config: Config { ["value": .number(value)] }
  public func initialize(_ type: TensorType) throws -> Buffer {
    try Tensor.full(type.shape, value, dtype: type.dtype).buffer()
  }
}

extension Initializer where Self == Zeros { public static var zeros: Zeros { Zeros() } }
extension Initializer where Self == Ones { public static var ones: Ones { Ones() } }
extension Initializer where Self == Constant {
  public static func constant(_ value: Double) -> Constant { Constant(value) }
}
