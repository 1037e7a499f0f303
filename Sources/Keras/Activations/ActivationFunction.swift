import ModelFiles

/// An elementwise (or, as softmax, axis-wise) function that a layer applies to its output.
///
/// ```swift
/// Dense(64, activation: .relu)
/// Dense(64, activation: .leakyRelu(negativeSlope: 0.1))
/// Dense(64, activation: ActivationFunction("shifted") { $0.relu() + 1 })
/// ```
public struct ActivationFunction: Sendable {
  /// Keras's name, with the arguments that are not Keras's defaults.
  public let name: String
  /// What files store: the name, or the layer that computes the function.
  let serialized: JSONValue
  /// The layers that files store in place of a function that Keras lacks.
  private let layers: [Layer]
  private let function: @Sendable (Tensor) -> Tensor

  /// A function of one's own. A file that names it loads once it is registered (`CustomObjects`).
  public init(_ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    self.name = name
    self.function = function
    layers = []
    serialized = .string(name)
  }

  /// A function that Keras lacks: files store layers that compute it one after the other.
  init(_ name: String, layers: [Layer], _ function: @escaping @Sendable (Tensor) -> Tensor) {
    self.name = name
    self.function = function
    self.layers = layers
    serialized = Sequential(layers, name: name.replacing(">", with: "_")).serialized
  }

  /// A layer without weights as a function: `ActivationFunction(LeakyReLU(negativeSlope: 0.1))`.
  public init(_ layer: Layer) {
    name = layer.name
    layers = []
    serialized = layer.serialized
    function = { x in
      let output = layer(x)
      guard layer.weights.isEmpty else { return rejected(layer.name, "has weights and cannot be an activation") }
      return output
    }
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { function(x) }

  /// The function that Keras knows by this name, or one that the program registered.
  ///
  /// - Throws: `KerasError` where there is none.
  public static func named(_ name: String) throws -> ActivationFunction {
    if let function = CustomObjects.activation(named: name) ?? byName[name] { return function }
    throw KerasError.unknown(
      name, "activation", among: names, remedy: "register your own with CustomObjects.register")
  }

  /// The function that layers in a file stand for: one that Keras lacks, or what they compute.
  init(described layer: Layer) {
    let layers = (layer as? Sequential)?.layers ?? []
    let known = ActivationFunction.all.first { function in
      !layers.isEmpty && function.layers.count == layers.count
        && zip(function.layers, layers).allSatisfy { type(of: $0) == type(of: $1) && $0.config == $1.config }
    }
    self = known ?? ActivationFunction(layer)
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
      throw error(key, "must be the name of an activation, found \(member.excerpt)")
    }
    if member.string == nil, className == "Sequential" || LayerRegistry.classes.contains(className) {
      return ActivationFunction(described: try layer(member, of: key))
    }
    // Keras writes functions as {"class_name": "function", "config": "relu"}.
    let name = className == "function" ? member["config"]?.string ?? className : className
    return try ActivationFunction.named(name)
  }
}
