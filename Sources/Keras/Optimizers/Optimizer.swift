import Graph
import ModelFiles

/// Changes variables by their gradients.
///
/// A subclass declares what it keeps for each variable in `slotNames` and computes one variable's step in `update`.
open class Optimizer: @unchecked Sendable {
  /// The name under which Keras's files know the class.
  open class var className: String { String(describing: self) }
  public let name: String
  public let learningRate: LearningRate
  public let options: OptimizerOptions
  /// Steps taken so far, int32.
  public let iterations: Variable
  /// The rate when it is a number: kept in a variable so that it can change while training.
  let rate: Variable?
  /// What is kept for each trained variable, in the variables' order.
  public private(set) var slots: [[Variable]] = []
  private(set) var trainedVariables: [Variable] = []

  public init(_ learningRate: LearningRate, options: OptimizerOptions = OptimizerOptions(), name: String) {
    self.name = name
    self.learningRate = learningRate
    self.options = options
    iterations = Variable(
      name: "iteration", path: "\(name)/iteration", initial: Buffer(TensorType(.int32, .scalar)), trainable: false)
    if case .constant(let value) = learningRate {
      rate = Variable(
        name: "learning_rate", path: "\(name)/learning_rate", initial: Buffer(Literal(value, .float32)),
        trainable: false)
    } else {
      rate = nil
    }
  }

  // MARK: To override

  /// What is kept for each variable, shaped as it: `["momentum", "velocity"]`.
  open var slotNames: [String] { [] }

  /// A slot's first value; zeros unless overridden.
  open func initialSlotValue(_ name: String) -> Double { 0 }

  /// The new value of one variable; slots are assigned.
  open func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor { value }

  /// The constructor's arguments under Keras's names, without those all optimizers share.
  open var config: Config { [:] }

  // MARK: Use

  /// All variables in the order of Keras's files.
  public var variables: [Variable] { [iterations] + [rate].compactMap { $0 } + slots.flatMap { $0 } }

  var serialized: JSONValue {
    var common: Config = ["name": .string(name), "learning_rate": learningRate.serialized]
    common = common.merging(options.config).merging(config)
    return serialize(module: "keras.optimizers", className: Self.className, config: common)
  }

  /// The rate for the coming step.
  public var currentLearningRate: Double {
    get {
      switch learningRate {
      case .constant: return (try? rate?.value.item()) ?? 0
      case .schedule(let schedule): return (try? schedule(iterations.value.asType(.float32)).item()) ?? 0
      }
    }
    set { try? rate?.assign(Tensor(newValue)) }
  }

  /// Creates the slots for these variables. Does nothing when called again with the same.
  public func build(_ variables: [Variable]) throws {
    if trainedVariables.map(ObjectIdentifier.init) == variables.map(ObjectIdentifier.init) { return }
    let known = Dictionary(
      zip(trainedVariables.map(ObjectIdentifier.init), slots), uniquingKeysWith: { a, _ in a })
    slots = try variables.map { variable in
      try known[ObjectIdentifier(variable)]
        ?? slotNames.map { slot in
          let type = TensorType(variable.dtype, variable.shape)
          return Variable(
            name: slot, path: "\(name)/\(variable.path.replacing("/", with: "_"))_\(slot)",
            initial: try Constant(initialSlotValue(slot)).initialize(type), trainable: false)
        }
    }
    trainedVariables = variables
  }

  /// Records a step: every variable gets its new value.
  func apply(_ gradients: [Tensor], _ trace: Trace) {
    let context = StepContext(trace: trace)
    let count = context[iterations]
    let rate =
      switch learningRate {
      case .constant: self.rate.map { context[$0] } ?? Tensor(0)
      case .schedule(let schedule): schedule(count.asType(.float32))
      }
    let step = OptimizerStep(context: context, learningRate: rate, number: count.asType(.float32) + 1)
    for ((variable, gradient), slots) in zip(zip(trainedVariables, options.clipped(gradients)), slots) {
      var value = context[variable]
      if let decay = options.weightDecay, decay != 0 { value = value - value * (step.learningRate * decay) }
      var updated = update(value, gradient: gradient, slots: slots, step)
      if let constraint = variable.constraint { updated = constraint(updated) }
      context.assign(variable, updated)
    }
    context.assign(iterations, count + 1)
  }
}

/// What one step gives an optimizer besides value and gradient.
public struct OptimizerStep: Sendable {
  let context: StepContext
  /// Float32 scalar.
  public let learningRate: Tensor
  /// The step's number from 1, float32 scalar.
  public let number: Tensor

  public subscript(variable: Variable) -> Tensor { context[variable] }
  public func assign(_ variable: Variable, _ value: Tensor) { context.assign(variable, value) }
}
