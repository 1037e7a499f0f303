import ModelFiles

/// A penalty on a variable or an output, added to the loss.
public protocol Regularizer: Sendable {
  static var className: String { get }
  var config: Config { get }
  /// The penalty, a scalar.
  func callAsFunction(_ x: Tensor) -> Tensor
}

extension Regularizer {
  var serialized: JSONValue { serialize(module: "keras.regularizers", className: Self.className, config: config) }
}

/// The regularizers that files can name.
let regularizerRegistry = Registry<any Regularizer>(
  "regularizer", [L1.self, L2.self, L1L2.self, OrthogonalRegularizer.self], aliases: ["l1_l2": "L1L2"])

extension ConfigReader {
  public func regularizer(_ key: String) throws -> (any Regularizer)? { try value(key).map(regularizerRegistry.make) }

  /// A factor of a penalty, which must not be negative.
  func penalty(_ key: String, default fallback: Double) throws -> Double {
    let factor = try double(key, default: fallback)
    guard factor >= 0, factor.isFinite else { throw error(key, "must be finite and not negative, found \(factor)") }
    return factor
  }
}
