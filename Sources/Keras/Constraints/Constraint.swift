import ModelFiles

/// A projection applied to a variable after each update.
public protocol Constraint: Sendable {
  /// The name under which Keras's files know the class.
  static var className: String { get }
  /// The constructor's arguments under Keras's names.
  var config: Config { get }
  /// The nearest allowed value.
  func callAsFunction(_ weight: Tensor) -> Tensor
}

/// Negative values become 0.
public struct NonNegative: Constraint, ConfigConstructible {
  public static let className = "NonNeg"
  public init() {}
  public init(from reader: ConfigReader) throws {}
  public var config: Config { [:] }
  public func callAsFunction(_ weight: Tensor) -> Tensor { weight.maximum(0) }
}

extension Constraint where Self == NonNegative { public static var nonNegative: NonNegative { NonNegative() } }

extension Constraint {
  var serialized: JSONValue { serialize(module: "keras.constraints", className: Self.className, config: config) }
}

/// The constraints that files can name.
let constraintRegistry = Registry<any Constraint>(
  "constraint", [NonNegative.self, MaxNorm.self, MinMaxNorm.self, UnitNorm.self], aliases: ["nonneg": "NonNeg"])

extension ConfigReader {
  public func constraint(_ key: String) throws -> (any Constraint)? { try value(key).map(constraintRegistry.make) }
}
