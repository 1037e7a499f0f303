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
  public internal(set) var options: OptimizerOptions
  /// Steps taken so far, int32.
  public let iterations: Variable
  /// The rate when it is a number: kept in a variable so that it can change while training.
  let rate: Variable?
  /// What is kept for each trained variable, in the variables' order.
  public private(set) var slots: [[Variable]] = []
  /// The moving averages of the trained variables (`useEMA`).
  private(set) var averages: [Variable] = []
  /// The sums of the gradients since the last update (`gradientAccumulationSteps`).
  private(set) var accumulators: [Variable] = []
  private(set) var sharedSlots: [Variable] = []
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

  /// Creates what is kept for one variable: `slotNames`, shaped as it, unless overridden.
  open func makeSlots(_ variable: Variable) throws -> [Variable] {
    try slotNames.map { try makeSlot($0, for: variable, initial: initialSlotValue($0)) }
  }

  /// What is kept for all variables together, after everything else; created once.
  open func makeSharedSlots() throws -> [Variable] { [] }

  /// Computes what is kept for all variables together after a file gave everything else.
  func restoreSharedSlots() throws {}

  /// Assigns what is kept for all variables together, before the variables' updates.
  open func updateShared(_ step: OptimizerStep) {}

  /// The new value of one variable; slots are assigned.
  open func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor { value }

  /// How much a variable decays each step, times the learning rate; `nil` for not at all.
  open func weightDecay(of variable: Variable) -> Double? { options.decays(variable) ? options.weightDecay : nil }

  /// The constructor's arguments under Keras's names, without those all optimizers share.
  open var config: Config { [:] }

  /// The loss whose gradients `apply` takes.
  func scaled(_ loss: Tensor, _ step: StepContext) -> Tensor { options.lossScaleFactor.map { loss * $0 } ?? loss }

  /// Records a step: every variable gets its new value.
  func apply(_ gradients: [Tensor], _ trace: Trace) { recordStep(gradients, trace) }

  // MARK: Use

  /// All variables in the order of Keras's files.
  public var variables: [Variable] { variables(in: .current) }

  func variables(in order: OptimizerOrder) -> [Variable] {
    let grouped = slotGroups.flatMap { group in slots.flatMap { $0[group.clamped(to: $0.indices)] } }
    let head = [iterations] + [rate].compactMap { $0 }
    switch order {
    case .current: return head + averages + accumulators + grouped + sharedSlots
    case .keras3:
      let pairs = zip(averages, accumulators).flatMap { [$0, $1] }
      return head + (pairs.isEmpty ? averages + accumulators : pairs) + sharedSlots + grouped
    case .keras2: return [iterations] + averages + grouped.filter { !isPlaceholder($0) }
    }
  }

  /// Whether a slot only holds a place, which Keras 2 did not store.
  func isPlaceholder(_ slot: Variable) -> Bool { false }

  /// Which slots files hold together, variable by variable, before the next; all of them unless overridden.
  open var slotGroups: [Range<Int>] { [0..<(slots.first?.count ?? 0)] }

  /// Optimizers inside this one, by the attribute under which files store them once more.
  var innerOptimizers: [(attribute: String, optimizer: Optimizer)] { [] }

  var serialized: JSONValue {
    var common: Config = ["name": .string(name), "learning_rate": learningRate.serialized]
    common = common.merging(options.config).merging(config)
    return serialize(module: "keras.optimizers", className: Self.className, config: common)
  }

  /// The rate for the coming step.
  public var currentLearningRate: Double {
    switch learningRate {
    case .constant: return (try? rate?.value.item()) ?? 0
    case .schedule(let schedule): return (try? schedule(iterations.value.asType(.float32)).item()) ?? 0
    }
  }

  /// Changes the rate from the coming step on.
  ///
  /// - Throws: `KerasError` where the rate follows a schedule.
  public func setLearningRate(_ value: Double) throws {
    try requireConstantRate(name)
    try rate?.assign(Tensor(value))
  }

  /// - Throws: `KerasError` in the name of `subject`, which wants to change the rate, where this follows a schedule.
  func requireConstantRate(_ subject: String) throws {
    guard case .schedule(let schedule) = learningRate else { return }
    throw KerasError(
      .invalidArgument, subject,
      "cannot set the learning rate of \(name): it follows the schedule \(type(of: schedule).className); make the "
        + "optimizer with a number instead")
  }

  /// - Throws: `KerasError` where the optimizer keeps state for another model's variables: neither are these among the
  ///   known ones nor the known ones among these, as they are where layers were frozen or added.
  func checkVariables(_ variables: [Variable]) throws {
    let (old, new) = (Set(trainedVariables.map(ObjectIdentifier.init)), Set(variables.map(ObjectIdentifier.init)))
    guard !old.isEmpty, !new.isEmpty, !old.isSubset(of: new), !new.isSubset(of: old) else { return }
    let unknown = variables.first { !old.contains(ObjectIdentifier($0)) }?.path ?? ""
    throw KerasError(
      .invalidArgument, name,
      "was made for other variables than \(unknown): an optimizer keeps state for one model's; compile each model with "
        + "an optimizer of its own")
  }

  /// Creates the slots for these variables. Does nothing when called again with the same.
  ///
  /// - Throws: `KerasError` where the optimizer belongs to another model.
  public func build(_ variables: [Variable]) throws {
    if trainedVariables.map(ObjectIdentifier.init) == variables.map(ObjectIdentifier.init) { return }
    try checkVariables(variables)
    func kept<Kept>(_ old: [Kept], _ make: (Variable) throws -> Kept) rethrows -> [Kept] {
      let known = Dictionary(
        zip(trainedVariables.map(ObjectIdentifier.init), old), uniquingKeysWith: { a, _ in a })
      return try variables.map { try known[ObjectIdentifier($0)] ?? make($0) }
    }
    if options.useEMA { averages = try kept(averages) { try makeSlot("average", for: $0) } }
    if options.gradientAccumulationSteps != nil {
      accumulators = try kept(accumulators) { try makeSlot("gradient_accumulator", for: $0) }
    }
    slots = try kept(slots, makeSlots)
    trainedVariables = variables
    if sharedSlots.isEmpty { sharedSlots = try makeSharedSlots() }
  }

  /// Creates a variable shaped as another and named after it.
  public func makeSlot(_ slot: String, for variable: Variable, initial: Double = 0) throws -> Variable {
    let type = variable.type
    return Variable(
      name: slot, path: "\(name)/\(variable.path.replacing("/", with: "_"))_\(slot)", type: type, trainable: false
    ) { try Constant(initial).initialize(type) }
  }

  /// Gives the variables their moving averages, where those are kept: what Keras does after training.
  public func finalizeVariableValues() throws {
    for (variable, average) in zip(trainedVariables, averages) { try variable.assign(average.value) }
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
