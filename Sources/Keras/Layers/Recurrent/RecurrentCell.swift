import Graph
import ModelFiles

/// One step of a recurrent layer: `output, states′ = cell(input, states)`. All cells derive from it.
///
/// A cell of one's own says how large its states are, declares its variables in `build` (given the shape of one step's
/// input, `[batch, features]`) and computes a step:
///
/// ```swift
/// final class MinimalCell: RecurrentCell, @unchecked Sendable {
///   let units: Int
///   var kernel: Variable?, recurrentKernel: Variable?
///
///   init(_ units: Int) {
///     self.units = units
///     super.init()
///   }
///   override var stateSize: [Int] { [units] }
///
///   override func build(_ inputShape: [Int?]) throws {
///     kernel = try addWeight("kernel", shape: [inputShape.last.flatMap { $0 } ?? 1, units])
///     recurrentKernel = try addWeight("recurrent_kernel", shape: [units, units])
///   }
///
///   override func call(_ input: Tensor, states: [Tensor], _ context: CallContext) -> (output: Tensor, states: [Tensor]) {
///     guard let kernel, let recurrentKernel else { return (input, states) }
///     let h = input.matmul(context[kernel]) + states[0].matmul(context[recurrentKernel])
///     return (h, [h])
///   }
/// }
///
/// let layer = RNN(MinimalCell(32), returnSequences: true)
/// ```
open class RecurrentCell: Layer, @unchecked Sendable {
  /// The number of features of each state.
  open var stateSize: [Int] { [] }

  /// The number of features of the output; that of the first state by default.
  open var outputSize: Int { stateSize.first ?? 0 }

  /// The output and the new states of one step.
  open func call(_ input: Tensor, states: [Tensor], _ context: CallContext) -> (output: Tensor, states: [Tensor]) {
    (input, states)
  }

  /// The shapes of the states: `[batch, size]` for each of `stateSize`.
  open func stateShapes(batchSize: Int) -> [Shape] { stateSize.map { [batchSize, $0] } }

  /// The states before the first step: zeros.
  open func initialStates(batchSize: Int, _ context: CallContext) -> [Tensor] {
    stateShapes(batchSize: batchSize).map(context.zeros)
  }

  /// Tensors that are made once a call and are the same at all time steps (patterns of dropout, for example). A step
  /// finds them among its context's `tensors`, under these names.
  ///
  /// - Parameter inputShape: of one step's input, the batch included.
  open func loopConstants(inputShape: Shape, _ context: CallContext) -> [String: [Tensor]] { [:] }

  /// Position of the state that a masked step gives as its output.
  var outputState: Int { 0 }

  /// States in the layout that steps work in, where it is not the one that callers see.
  func entering(_ states: [Tensor]) -> [Tensor] { states }

  /// A state, or with `leadingAxes` 2 a sequence of outputs `[time, batch, …]`, as callers see it.
  func leaving(_ value: Tensor, leadingAxes: Int) -> Tensor { value }

  // MARK: As a layer of its own

  public override var argumentNames: [String] { ["states", "training"] }

  /// One step as a layer's call: the output, then the new states.
  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard let input = inputs.first, input.rank >= 2 else { return [rejected(name, "takes an input [batch, …]")] }
    let shapes = stateShapes(batchSize: input.shape[0])
    let states = context.tensors["states"] ?? initialStates(batchSize: input.shape[0], context)
    guard states.map(\.shape) == shapes else {
      return [
        Tensor(
          failure: KerasError(
            .incompatibleShape, name, "takes states of shapes \(shapes), found \(states.map(\.shape))"))
      ]
    }
    let step = context.entering(self, tensors: loopConstants(inputShape: input.shape, context))
    let result = call(input, states: entering(states), step)
    return ([result.output] + result.states).map { leaving($0, leadingAxes: 1) }
  }

  /// One step: the output and the new states.
  public func callAsFunction(_ input: Tensor, states: [Tensor], training: Bool? = nil) -> (
    output: Tensor, states: [Tensor]
  ) {
    let results = apply(
      CallArguments([.tensor(input)], keyword: ["states": .list(states.map(Argument.tensor))]), training: training)
    return (single(results), Array(results.dropFirst()))
  }
}
