import ModelFiles

/// An elementwise (or, as softmax, axis-wise) function that a layer applies to its output.
///
/// ```swift
/// Dense(64, activation: .relu)
/// Dense(64, activation: .leakyRelu(negativeSlope: 0.1))
/// Dense(64, activation: ActivationFunction("shifted") { $0.relu() + 1 })
/// ```
public struct ActivationFunction: Sendable {
  /// Keras's name; what files store.
  public let name: String
  private let function: @Sendable (Tensor) -> Tensor

  /// A function of one's own. A file that names it loads once it is registered (`CustomObjects`).
  public init(_ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    self.name = name
    self.function = function
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { function(x) }

  /// The function that Keras knows by this name, or one that the program registered.
  ///
  /// - Throws: `KerasError` where there is none.
  public static func named(_ name: String) throws -> ActivationFunction {
    if let function = CustomObjects.activation(named: name) ?? byName[name] { return function }
    throw KerasError(
      .unknownName, name,
      "is no activation; known are \(all.map(\.name).joined(separator: ", ")) and what CustomObjects.register was given"
    )
  }

  private static let byName: [String: ActivationFunction] = {
    var names = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    names["swish"] = silu
    names["hard_swish"] = hardSilu
    return names
  }()
}

extension ConfigReader {
  public func activation(_ key: String, default fallback: ActivationFunction = .linear) throws -> ActivationFunction {
    guard let member = value(key) else { return fallback }
    guard let (className, _) = serializedObject(member) else {
      throw error(key, "must be the name of an activation, found \(member)")
    }
    // Keras writes functions as {"class_name": "function", "config": "relu"}.
    let name = className == "function" ? member["config"]?.string ?? className : className
    return try ActivationFunction.named(name)
  }
}
