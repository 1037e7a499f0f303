import Graph
import ModelFiles
import Synchronization

/// A layer that can be trained, evaluated, saved and asked for predictions.
///
/// Built from inputs and outputs, or by subclassing:
///
/// ```swift
/// let image = Input(28, 28, 1)
/// let hidden = Dense(64, activation: .relu)(Flatten()(image))
/// let model = try Model(inputs: image, outputs: Dense(10, activation: .softmax)(hidden))
///
/// final class Twin: Model, @unchecked Sendable {
///   let dense = Dense(8)
///   override func call(_ input: Tensor, _ context: CallContext) -> Tensor { dense(dense(input)) }
/// }
/// ```
open class Model: Layer, @unchecked Sendable {
  /// What `compile` was given.
  public internal(set) var compilation: Compilation?
  /// Logs of the last call of `fit`.
  public internal(set) var history = History()
  /// What could not be taken over from the file that the model was loaded from, such as an optimizer's state that does
  /// not fit; empty as a rule.
  public internal(set) var loadWarnings: [String] = []
  /// Set by a callback to end `fit` after the current epoch.
  public var stopTraining = false

  private var functional: FunctionalGraph?
  let stepFunctions = FunctionCache<StepKey>()

  /// For subclasses.
  public override init(
    name: String? = nil, dtype: DTypePolicy = .float32, activityRegularizer: (any Regularizer)? = nil
  ) {
    super.init(name: name, dtype: dtype, activityRegularizer: activityRegularizer)
  }

  /// The model between symbolic tensors.
  ///
  /// - Throws: the first error met while its layers were called, or `KerasError` where outputs do not follow from
  ///   inputs.
  public init(inputs: [Tensor], outputs: [Tensor], name: String? = nil) throws {
    super.init(name: name ?? NameCounter.shared.unique("functional"))
    try connect(.withOwnInputs(inputs: inputs, outputs: outputs, name: self.name))
  }

  public convenience init(inputs: Tensor, outputs: Tensor, name: String? = nil) throws {
    try self.init(inputs: [inputs], outputs: [outputs], name: name)
  }

  func connect(_ graph: FunctionalGraph) throws {
    functional = graph
    buildInputShapes = graph.inputs.map(\.shape)
    built = true
  }

  open override class var className: String { self == Model.self ? "Functional" : String(describing: self) }

  // MARK: Structure

  /// The layers directly inside.
  open var layers: [Layer] { graph?.layers.filter { !($0 is OperationLayer) } ?? sublayers.map(\.layer) }

  /// The graph behind a model made of symbolic tensors.
  var graph: FunctionalGraph? { functional }

  /// Symbolic inputs and outputs, empty for subclassed models.
  public var inputs: [Tensor] { graph?.inputs.map { Tensor(.symbolic($0)) } ?? [] }
  public var outputs: [Tensor] { graph?.outputs.map { Tensor(.symbolic($0)) } ?? [] }

  open override var sublayers: [(attribute: String, layer: Layer)] {
    graph?.layers.map { (attribute: $0.name, layer: $0) } ?? super.sublayers
  }

  /// The layer of that name.
  ///
  /// - Throws: `KerasError` with the nearest names.
  public func layer(named name: String) throws -> Layer {
    if let layer = layers.first(where: { $0.name == name }) { return layer }
    let names = layers.map(\.name)
    let near = namesNear(name, among: names)
    throw KerasError(
      .invalidArgument, self.name,
      "has no layer \(name); "
        + (near.isEmpty
          ? "its layers are \(names.joined(separator: ", "))" : "did you mean \(near.joined(separator: ", "))?"))
  }

  open override var config: Config { graph.map { FunctionalConfig($0).config } ?? [:] }

  open override var baseConfig: Config {
    graph == nil ? super.baseConfig : ["name": .string(name), "trainable": .bool(trainable)]
  }

  // MARK: Calling

  open override var argumentNames: [String] { ["training", "mask"] }

  open override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard let graph else { return super.call(inputs, context) }
    guard inputs.count == graph.inputs.count else {
      return [
        Tensor(
          failure: KerasError(
            .invalidArgument, name, "takes \(graph.inputs.count) inputs, \(inputs.count) were given"))
      ]
    }
    do {
      // Masks that the call gives count for those that the inputs carry.
      let masks = context.hasMaskArgument ? context.masks : []
      let masked = inputs.enumerated().map { position, input in
        position < masks.count ? masks[position].map(input.remasked(by:)) ?? input : input
      }
      let values = try zip(masked, graph.inputs).map { try fitted($0, to: $1) }
      return graph.call(values, training: context.mode)
    } catch {
      return [Tensor(failure: KerasError(wrapping: error, subject: name))]
    }
  }

  /// Called on what its inputs are, a model gives what its outputs are. Models that use others twice, which use others
  /// twice and so on, would take exponentially long to record.
  override func knownOutputSpecs(_ arguments: CallArguments) -> [(shape: [Int?], dtype: DType)]? {
    // A subclass may compute something else.
    guard type(of: self) == Model.self || type(of: self) == Sequential.self, let graph else { return nil }
    let tensors = arguments.tensors
    guard tensors.count == graph.inputs.count,
      zip(tensors, graph.inputs).allSatisfy({ $0.partialShape == $1.shape && $0.dtype == $1.dtype })
    else { return nil }
    return graph.outputs.map { ($0.shape, $0.dtype) }
  }

  /// An input in the shape and type of its place.
  private func fitted(_ value: Tensor, to symbol: SymbolicTensor) throws -> Tensor {
    var value = value
    let given = value.partialShape
    if value.rank + 1 == symbol.shape.count, symbol.shape.last == 1 { value = value.expandDims(-1) }
    let shape = value.partialShape
    guard shape.count == symbol.shape.count,
      zip(shape, symbol.shape).allSatisfy(mayAgree)
    else {
      throw KerasError(
        .incompatibleShape, "\(name), input \(symbol.node?.layer.name ?? "")",
        "expects shape \(describe(symbol.shape)), found \(describe(given))" + batchHint(given, symbol.shape))
    }
    return value.dtype == symbol.dtype ? value : value.asType(symbol.dtype).masked(by: value.mask)
  }
}
