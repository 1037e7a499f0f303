import Graph
import ModelFiles

/// A computation with variables. All layers and models derive from it.
///
/// A layer of one's own declares its variables in `build` and computes in `call`:
///
/// ```swift
/// final class Scale: Layer, @unchecked Sendable {
///   var factor: Variable?
///
///   override func build(_ inputShape: [Int?]) throws {
///     factor = try addWeight("factor", shape: [inputShape.last.flatMap { $0 } ?? 1], initializer: .ones)
///   }
///
///   override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
///     factor.map { input * context[$0] } ?? input
///   }
/// }
/// ```
///
/// Layers in its stored properties are part of it: trained, counted, frozen and saved with it.
///
/// Building and training change a layer and belong to one thread at a time; `predict` may run on many.
open class Layer: @unchecked Sendable {
  /// The name under which Keras's files know the class.
  open class var className: String { String(describing: self) }
  /// The class's name in Python where it is not the one that files give in configs: weight paths are made of it.
  open class var pythonName: String { className }
  /// What the catalogue of layers says of the class; every registered layer has a reference.
  open class var reference: LayerReference? { nil }
  /// The Python module in which files say the class is.
  open class var pythonModule: String { "keras.layers" }

  /// Unique among the layers of a model; the class name in snake case with a counter unless given.
  public internal(set) var name: String
  public let dtypePolicy: DTypePolicy
  public internal(set) var built = false
  /// What the first input must look like; set by a subclass's initializer or `build`.
  public var inputSpec: InputSpec?
  /// What it was before `build`.
  var unbuiltInputSpec: InputSpec?
  /// The variables the layer added itself, in Keras's order: those created trainable first.
  public private(set) var ownVariables: [Variable] = []
  private var ownTrainableCount = 0
  public private(set) var seedGenerators: [SeedGenerator] = []
  /// The first thing wrong with the arguments of the initializer; thrown by the first throwing call.
  public private(set) var deferredError: KerasError?
  private var nodes: [WeakReference<FunctionNode>] = []
  /// The layer's calls in functional models that are in use.
  var inboundNodes: [FunctionNode] { nodes.compactMap(\.object) }
  /// The shapes `build` was given.
  public internal(set) var buildInputShapes: [[Int?]] = []
  /// Whether the layer is of a file that says for which shapes to build it: Keras does so before the layer is part of
  /// another, whose name is then not in the variables' paths.
  var isBuiltAlone = false
  let eagerFunctions = FunctionCache<String>()
  /// A penalty on the output of each call; Keras takes one with every layer.
  public internal(set) var activityRegularizer: (any Regularizer)?

  public init(
    name: String? = nil, dtype: DTypePolicy = .float32, activityRegularizer: (any Regularizer)? = nil
  ) {
    self.name = name ?? NameCounter.shared.unique(Self.className)
    dtypePolicy = dtype
    self.activityRegularizer = activityRegularizer
  }

  // MARK: To override

  /// Creates the variables for an input of this shape; `nil` extents are open.
  open func build(_ inputShape: [Int?]) throws {}

  /// Creates the variables of a layer with several inputs. Calls `build(_:)` with the first shape unless overridden.
  open func build(inputShapes: [[Int?]]) throws { try build(inputShapes.first ?? []) }

  /// The output for one input. Overridden by layers with one input and one output.
  open func call(_ input: Tensor, _ context: CallContext) -> Tensor { input }

  /// The outputs. Overridden by layers with several inputs or outputs.
  open func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard let input = inputs.first else {
      return [Tensor(failure: KerasError(.invalidArgument, name, "was called without an input"))]
    }
    return [call(input, context)]
  }

  /// The masks of the outputs. By default the first input's mask where `supportsMasking`, else none.
  open func computeMask(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
    supportsMasking ? [masks.first ?? nil] : []
  }

  /// Whether the layer passes its input's mask on.
  open var supportsMasking: Bool { false }

  /// Whether the layer makes a mask where its inputs have none (`Embedding` with `maskZero`, `Masking`).
  open var createsMask: Bool { false }

  /// The tensors a call takes in order, under Keras's names: `["query", "value", "key"]`.
  open var inputNames: [String] { ["inputs"] }

  /// Further parameters of a call in Keras's order, which a file may give by position.
  open var argumentNames: [String] { [] }

  /// The layers inside, under the attribute names that Keras's class gives them; the name of a list of layers ends in
  /// `/`.
  ///
  /// By default those in the stored properties of a class of one's own, alone or in optionals, arrays, tuples and
  /// dictionaries, in the order of declaration: `let queryDense = Dense(8)` is `query_dense`. Overridden, the list must
  /// have every layer with weights that `call` uses.
  open var sublayers: [(attribute: String, layer: Layer)] { HeldLayers.of(self) }

  /// The constructor's arguments under Keras's names, as its `get_config` gives them; without the common ones.
  open var config: Config { [:] }

  /// What `config` says of every layer.
  open var baseConfig: Config {
    var config: Config = ["name": .string(name), "trainable": .bool(trainable), "dtype": dtypePolicy.serialized]
    if let activityRegularizer { config["activity_regularizer"] = activityRegularizer.serialized }
    return config
  }

  /// The layer's own variables in the order of `.keras` files, where it is not trainable ones first.
  var storedVariables: [Variable]? { nil }

  /// Why Keras 3 could not open a file with the layer, where that is so.
  var savingObstacle: String? { nil }

  /// The layer that files have in the place of this one, which Keras 3 does not know; it computes the same in inference.
  var standIn: Layer? { nil }

  /// Whether floating-point inputs are converted to the type the layer computes in.
  open var autocast: Bool { true }

  /// Sorts a call's arguments into inputs, tensors and options.
  func bind(_ arguments: CallArguments) throws -> BoundArguments { try BoundArguments(arguments, layer: self) }

  /// Shapes and types of the outputs where they are known without recording a call.
  func knownOutputSpecs(_ arguments: CallArguments) -> [(shape: [Int?], dtype: DType)]? { nil }

  // MARK: Freezing

  /// Whether training changes the layer's variables, and those of the layers inside.
  open var trainable: Bool {
    get { ownTrainable }
    set {
      ownTrainable = newValue
      for layer in flattenedSublayers { layer.ownTrainable = newValue }
    }
  }
  /// Whether the layer's own variables are trained. Layers inside say so themselves: as in Keras, a config freezes none
  /// of them.
  var ownTrainable = true

  // MARK: For subclasses

  /// Creates a variable. To be called in `build`.
  ///
  /// - Throws: `KerasError` where an extent is negative, the memory does not suffice or the initializer does not fit the
  ///   shape.
  @discardableResult
  public func addWeight(
    _ name: String, shape: [Int], initializer: any Initializer = .glorotUniform, dtype: DType? = nil,
    trainable: Bool = true, autocast: Bool = true, regularizer: (any Regularizer)? = nil,
    constraint: (any Constraint)? = nil
  ) throws -> Variable {
    guard Shape(shape).isValid else {
      throw KerasError(.incompatibleShape, self.name, "the variable \(name) cannot have shape \(shape)")
    }
    let type = TensorType(dtype ?? dtypePolicy.variableDType, Shape(shape))
    let variable = Variable(
      name: name, path: NameScope.path(of: name, in: self), type: type, trainable: trainable, autocast: autocast,
      regularizer: regularizer, constraint: constraint
    ) { try initializer.initialize(type) }
    if !VariableInitialization.isDeferred { _ = try variable.buffer() }
    adopt(variable)
    return variable
  }

  /// Counts a call among the layer's.
  func note(_ node: FunctionNode) { nodes.append(WeakReference(node)) }

  /// Counts a variable among the layer's own: a new one, or one of a layer inside that Keras's class refers to.
  func adopt(_ variable: Variable) {
    ownVariables.insert(variable, at: variable.trainable ? ownTrainableCount : ownVariables.count)
    if variable.trainable { ownTrainableCount += 1 }
  }

  /// Takes back what `build` did, so that it can be called again.
  func unbuild() {
    built = false
    inputSpec = unbuiltInputSpec
    ownVariables = []
    ownTrainableCount = 0
    // What is wrong with the initializer's arguments keeps a layer from being built at all.
    deferredError = nil
  }

  /// Keeps a source of random numbers that a call draws from.
  public func addSeedGenerator(seed: Int?) -> SeedGenerator {
    let generator = SeedGenerator(seed: seed, owner: name)
    seedGenerators.append(generator)
    return generator
  }

  /// Remembers an error for the first throwing call.
  func fail(_ error: KerasError) {
    if deferredError == nil { deferredError = error }
  }

  /// Remembers what is wrong with the initializer's arguments, for the first throwing call.
  public func reject(_ argument: String, _ message: String) {
    fail(KerasError(.invalidArgument, "\(name) (\(Self.className)), argument \(argument)", message))
  }
}
