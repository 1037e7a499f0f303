import Graph
import ModelFiles

/// What all recurrent layers share: a cell applied to the time steps of a sequence.
///
/// Call arguments: `initial_state`, one tensor for each state; `mask`, bool `[batch, time]`: at a step where it is
/// false, states stay and the output is that of the step before (or zeros).
public class RecurrentLayer: Layer, @unchecked Sendable {
  public let cell: RecurrentCell
  var sequenceOptions: SequenceOptions
  /// Of a stateful layer: what the next call starts with.
  public private(set) var states: [Variable] = []

  public var returnSequences: Bool { sequenceOptions.returnSequences }
  public var returnState: Bool { sequenceOptions.returnState }
  public var goBackwards: Bool { sequenceOptions.goBackwards }
  public var stateful: Bool { sequenceOptions.stateful }
  public var unroll: Bool { sequenceOptions.unroll }
  public var zeroOutputForMask: Bool { sequenceOptions.zeroOutputForMask }
  /// Whether the first axis of sequences is time and the second the batch, as layers of Keras 2 could be told.
  public var timeMajor: Bool { sequenceOptions.timeMajor }

  init(
    _ cell: RecurrentCell, _ options: SequenceOptions, name: String?, dtype: DTypePolicy,
    activityRegularizer: (any Regularizer)? = nil
  ) {
    self.cell = cell
    sequenceOptions = options
    super.init(name: name, dtype: dtype, activityRegularizer: activityRegularizer)
    if let error = cell.deferredError { fail(error) }
    inputSpec = InputSpec(minimumRank: 3)
  }

  public override var config: Config { sequenceOptions.config.merging(["cell": cell.serialized]) }
  public override var sublayers: [(attribute: String, layer: Layer)] { [("cell", cell)] }
  public override var supportsMasking: Bool { true }
  override var savingObstacle: String? {
    timeMajor ? "takes sequences time first (time_major), which Keras 3 does not know; transpose them outside" : nil
  }
  public override var inputNames: [String] { ["sequences"] }
  public override var argumentNames: [String] { ["initial_state", "mask", "training"] }

  override func bind(_ arguments: CallArguments) throws -> BoundArguments {
    var bound = try super.bind(arguments)
    bound.separateStates()
    return bound
  }

  public override func computeMask(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
    [returnSequences ? masks.first ?? nil : nil]
  }

  public override func build(_ inputShape: [Int?]) throws {
    guard inputShape.count >= 3 else {
      throw KerasError(.incompatibleShape, name, "takes [batch, time, …], found \(describe(inputShape))")
    }
    let batch = inputShape[timeMajor ? 1 : 0]
    try cell.buildIfNeeded(shapes: [[batch] + inputShape.dropFirst(2)])
    guard stateful, states.isEmpty else { return }
    guard let batch else {
      throw KerasError(
        .incompatibleShape, name, "a stateful layer needs a known batch size, found \(describe(inputShape))")
    }
    states = cell.stateShapes(batchSize: batch).map { shape in
      let type = TensorType(dtypePolicy.variableDType, shape)
      return Variable(name: "rnn_state", path: "\(name)/rnn_state", type: type, trainable: false) { Buffer(type) }
    }
  }

  override func unbuild() {
    super.unbuild()
    states = []
  }

  /// Sets the states of a stateful layer to zeros.
  public func resetStates() {
    for state in states { state.reset() }
  }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard let given = inputs.first, given.rank >= 3, given.shape[timeMajor ? 0 : 1] > 0 else {
      return [
        rejected(name, "takes \(timeMajor ? "[time, batch, …]" : "[batch, time, …]") of at least one time step")
      ]
    }
    let input = timeMajor ? given.swapped(0, 1) : given
    let batch = input.shape[0]
    let cellContext = context.entering(cell)
    var start = context.tensors["initial_state"] ?? Array(inputs.dropFirst())
    if start.isEmpty {
      start = stateful ? states.map(context.stored) : cell.initialStates(batchSize: batch, cellContext)
    }
    let shapes = cell.stateShapes(batchSize: batch)
    guard start.map(\.shape) == shapes, !shapes.isEmpty else {
      let message = "takes initial states of shapes \(shapes), found \(start.map(\.shape))"
      return [Tensor(failure: KerasError(.incompatibleShape, name, message))]
    }
    let stepShape = Shape([batch] + input.shape.dimensions.dropFirst(2))
    let stepContext = context.entering(cell, tensors: cell.loopConstants(inputShape: stepShape, cellContext))
    let mask = timeMajorMask(context.sequenceMask, steps: input.shape[1], batch: batch)
    if let failure = mask?.failure { return [Tensor(failure: failure)] }
    let loop = RecurrentLoop(
      mask: mask, reversed: goBackwards, unroll: unroll, zeroOutputForMask: zeroOutputForMask,
      needsSequence: returnSequences)
    let compute = cell.dtypePolicy.computeDType
    var (output, last) = loop.run(
      cell, input.swapped(0, 1), cell.entering(start.map { $0.asType(compute) }), stepContext)
    output = cell.leaving(output, leadingAxes: returnSequences ? 2 : 1)
    last = last.map { cell.leaving($0, leadingAxes: 1) }
    if stateful {
      for (state, value) in zip(states, last) { context.assign(state, value) }
    }
    if returnSequences, !timeMajor { output = output.swapped(0, 1) }
    return [output] + (returnState ? last : [])
  }

  /// A mask `[batch, time]` as `[time, batch]`; where it has further axes, a step counts if any of them does.
  private func timeMajorMask(_ mask: Tensor?, steps: Int, batch: Int) -> Tensor? {
    guard let given = mask else { return nil }
    let mask = timeMajor && given.rank >= 2 ? given.swapped(0, 1) : given
    guard mask.rank >= 2, mask.shape[0] == batch || mask.shape[0] == 1, mask.shape[1] == steps else {
      return rejected(name, "takes a mask [batch, time] = [\(batch), \(steps)], found shape \(mask.shape)")
    }
    let flat = mask.rank == 2 ? mask.asType(.bool) : mask.any(axis: Array(2..<mask.rank))
    return flat.broadcast(to: [batch, steps]).transpose([1, 0])
  }

  // MARK: Calls

  /// Calls the layer on a sequence.
  ///
  /// - Parameters:
  ///   - initialState: one tensor for each state; zeros (or a stateful layer's last states) by default.
  ///   - mask: bool `[batch, time]`; the mask that the input carries by default.
  public func callAsFunction(
    _ sequences: Tensor, initialState: [Tensor], mask: Tensor? = nil, training: Bool? = nil
  ) -> Tensor {
    single(apply(arguments(sequences, initialState, mask), training: training))
  }

  /// The output and, from a layer with `returnState`, the last states.
  public func callWithStates(
    _ sequences: Tensor, initialState: [Tensor] = [], mask: Tensor? = nil, training: Bool? = nil
  ) -> (output: Tensor, states: [Tensor]) {
    let results = apply(arguments(sequences, initialState, mask), training: training)
    return (single(results), Array(results.dropFirst()))
  }

  private func arguments(_ sequences: Tensor, _ initialState: [Tensor], _ mask: Tensor?) -> CallArguments {
    var keyword: [String: Argument] = [:]
    if !initialState.isEmpty { keyword["initial_state"] = .list(initialState.map(Argument.tensor)) }
    if let mask { keyword["mask"] = .tensor(mask) }
    return CallArguments([.tensor(sequences)], keyword: keyword)
  }
}

extension BoundArguments {
  /// Takes states apart that a file has as one nested list: a state has one axis less than the sequence.
  mutating func separateStates() {
    guard let states = tensors["initial_state"], states.count == 1, let sequence = inputs.first,
      states[0].rank == sequence.rank
    else { return }
    tensors["initial_state"] = states[0].unstack(axis: 0)
  }
}

extension CallContext {
  /// The mask of a recurrent layer's time steps. As in Keras, a call that is given initial states takes only a mask
  /// that is an argument of its own, not the one that the sequence carries (which the output carries all the same).
  var sequenceMask: Tensor? {
    tensors["initial_state"] == nil || hasMaskArgument ? masks.first ?? nil : nil
  }
}

extension Tensor {
  /// Two axes in each other's place.
  func swapped(_ a: Int, _ b: Int) -> Tensor {
    // A failed computation has no axes.
    guard Swift.max(a, b) < rank else { return transpose([a, b]) }
    var order = Array(0..<rank)
    order.swapAt(a, b)
    return transpose(order)
  }
}

/// How a recurrent layer goes through a sequence, and what it gives.
struct SequenceOptions: Sendable {
  var returnSequences = false
  var returnState = false
  var goBackwards = false
  var stateful = false
  var unroll = false
  var zeroOutputForMask = false
  var timeMajor = false

  var config: Config {
    let own: Config = [
      "return_sequences": .bool(returnSequences), "return_state": .bool(returnState),
      "go_backwards": .bool(goBackwards), "stateful": .bool(stateful), "unroll": .bool(unroll),
      "zero_output_for_mask": .bool(zeroOutputForMask),
    ]
    return timeMajor ? own.merging(["time_major": true]) : own
  }
}

extension SequenceOptions {
  init(_ reader: ConfigReader) throws {
    returnSequences = try reader.bool("return_sequences", default: false)
    returnState = try reader.bool("return_state", default: false)
    goBackwards = try reader.bool("go_backwards", default: false)
    stateful = try reader.bool("stateful", default: false)
    unroll = try reader.bool("unroll", default: false)
    zeroOutputForMask = try reader.bool("zero_output_for_mask", default: false)
    timeMajor = try reader.bool("time_major", default: false)
  }
}
