import ModelFiles

/// A projection applied to a variable after each update.
public protocol Constraint: Sendable {
  static var className: String { get }
  var config: Config { get }
  /// The nearest allowed value.
  func callAsFunction(_ weight: Tensor) -> Tensor
}

protocol DeserializableConstraint: Constraint {
  init(_ reader: ConfigReader) throws
}

/// Negative values become 0.
public struct NonNegative: DeserializableConstraint {
  public static let className = "NonNeg"
  public init() {}
  init(_ reader: ConfigReader) throws {}
  public var config: Config { [:] }
  public func callAsFunction(_ weight: Tensor) -> Tensor { weight.maximum(0) }
}

extension Constraint {
  var serialized: JSONValue { serialize(module: "keras.constraints", className: Self.className, config: config) }
}

/// The constraints that files can name.
enum ConstraintRegistry {
  private static let types: [any DeserializableConstraint.Type] = [NonNegative.self]

  static func make(_ className: String, _ config: Config) throws -> any Constraint {
    guard let type = types.first(where: { $0.className == className || snakeCase($0.className) == className }) else {
      throw KerasError(
        .unknownName, className, "is no constraint; known are \(types.map(\.className).joined(separator: ", "))")
    }
    return try type.init(ConfigReader(config, of: className))
  }
}

extension ConfigReader {
  public func constraint(_ key: String) throws -> (any Constraint)? {
    guard let (className, config) = try optionalObject(key) else { return nil }
    return try ConstraintRegistry.make(className, config)
  }
}
