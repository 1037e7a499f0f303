import ModelFiles

/// Layers one after the other.
///
/// ```swift
/// let model = Sequential {
///   Input(28, 28, 1)
///   Flatten()
///   Dense(10, activation: .softmax)
/// }
/// ```
/// Without an `Input` the model is built when it first sees data.
public final class Sequential: Model, @unchecked Sendable {
  private var stack: [Layer] = []
  private var names: Set<String> = []
  private var chain: FunctionalGraph?
  /// The input that was made when the model was built.
  private var ownInput: InputLayer?
  /// How many of the layers are part of `chain`.
  private var connectedCount = 0

  public init(_ layers: [Layer] = [], name: String? = nil, dtype: DTypePolicy = .float32) {
    super.init(name: name, dtype: dtype)
    for layer in layers { append(layer) }
    connectIfPossible()
  }

  public convenience init(name: String? = nil, @LayerBuilder _ layers: () -> [Layer]) {
    self.init(layers(), name: name)
  }

  public override class var className: String { "Sequential" }

  /// Appends a layer. What does not fit is thrown by the next throwing call.
  public func add(_ layer: Layer) {
    append(layer)
    connectIfPossible()
  }

  private func append(_ layer: Layer) {
    if let error = layer.deferredError { reject("layers", "\(error)") }
    if !names.insert(layer.name).inserted {
      reject("layers", "the name \(layer.name) is used by two layers; give one of them another name")
    }
    if layer is InputLayer, !stack.isEmpty { reject("layers", "an Input must be the first layer") }
    stack.append(layer)
  }

  /// Calls the layers on the input, once there is one.
  private func connectIfPossible() {
    guard deferredError == nil, let input = stack.first as? InputLayer, stack.count > 1 else { return }
    let start = chain.flatMap { $0.outputs.first }.map { Tensor(.symbolic($0)) } ?? input.output
    let value = NameScope.within(self) {
      stack.dropFirst(chain == nil ? 1 : connectedCount).reduce(start) { $1($0) }
    }
    do {
      let graph = try FunctionalGraph(inputs: [input.output], outputs: [value], name: name)
      chain = graph
      connectedCount = stack.count
      buildInputShapes = graph.inputs.map(\.shape)
      built = true
    } catch {
      fail(KerasError(wrapping: error, subject: name))
    }
  }

  override var graph: FunctionalGraph? { chain }

  public override var layers: [Layer] { stack.filter { !($0 is InputLayer) } }
  /// All layers, the input among them.
  var stackedLayers: [Layer] { stack }

  public override var sublayers: [(attribute: String, layer: Layer)] {
    stack.map { (attribute: $0.name, layer: $0) }
  }

  public override var config: Config {
    var config: Config = ["layers": .array(stack.map(\.serialized))]
    if let shape = buildInputShapes.first { config["build_input_shape"] = JSONValue(shape) }
    return config
  }

  public override var baseConfig: Config {
    ["name": .string(name), "trainable": .bool(trainable), "dtype": dtypePolicy.serialized]
  }

  public override func build(inputShapes: [[Int?]]) throws {
    guard chain == nil, let shape = inputShapes.first else { return }
    if stack.isEmpty { throw KerasError(.notReady, name, "has no layers; add one before use") }
    guard !(stack.first is InputLayer) else { return }
    let input = InputLayer(batchShape: [nil] + shape.dropFirst())
    stack.insert(input, at: 0)
    ownInput = input
    connectIfPossible()
    if let deferredError { throw deferredError }
  }

  override func unbuild() {
    super.unbuild()
    guard stack.first === ownInput, ownInput != nil else { return }
    stack.removeFirst()
    (ownInput, chain, connectedCount) = (nil, nil, 0)
  }
}

/// Collects layers and inputs for a `Sequential`.
@resultBuilder
public enum LayerBuilder {
  public static func buildExpression(_ layer: Layer) -> [Layer] { [layer] }
  public static func buildExpression(_ layers: [Layer]) -> [Layer] { layers }
  /// An `Input(…)`.
  public static func buildExpression(_ input: Tensor) -> [Layer] {
    if case .symbolic(let symbol) = input.content, let layer = symbol.node?.layer as? InputLayer { return [layer] }
    let misplaced = Layer()
    misplaced.reject("layers", input.failure?.description ?? "holds layers and an Input, not other tensors")
    return [misplaced]
  }
  public static func buildBlock(_ parts: [Layer]...) -> [Layer] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [Layer]?) -> [Layer] { part ?? [] }
  public static func buildEither(first: [Layer]) -> [Layer] { first }
  public static func buildEither(second: [Layer]) -> [Layer] { second }
  public static func buildArray(_ parts: [[Layer]]) -> [Layer] { parts.flatMap { $0 } }
}
