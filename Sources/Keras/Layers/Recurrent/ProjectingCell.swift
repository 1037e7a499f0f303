import Graph
import ModelFiles

/// A cell whose use of the input does not depend on the states, so that it is computed for all time steps at once.
public class ProjectingCell: RecurrentCell, @unchecked Sendable {
  let options: RecurrentOptions
  private var generator: SeedGenerator?

  init(_ options: RecurrentOptions, name: String?, dtype: DTypePolicy) {
    self.options = options
    super.init(name: name, dtype: dtype)
    if options.dropout > 0 || options.recurrentDropout > 0 { generator = addSeedGenerator(seed: options.seed) }
  }

  public override var config: Config { options.config }

  public override func call(_ input: Tensor, states: [Tensor], _ context: CallContext) -> (
    output: Tensor, states: [Tensor]
  ) {
    let states = step(project(input.expandDims(0), context).squeeze(0), states, context)
    return (states[0], states)
  }

  // MARK: To override

  /// What the input adds to the gates, for a sequence `[time, batch, …]`.
  func project(_ sequence: Tensor, _ context: CallContext) -> Tensor { sequence }

  /// The new states, the first of which is the output.
  func step(_ projection: Tensor, _ states: [Tensor], _ context: CallContext) -> [Tensor] { states }

  /// All steps as one operation, where there is one for the cell's activations and no recurrent dropout.
  func fused(_ context: CallContext) -> FusedRecurrence? { nil }

  /// How many patterns of dropout a call needs: one for each gate where gates have their own.
  var dropoutPatterns: Int { 1 }

  // MARK: Dropout

  var dropout: Double { Swift.min(Swift.max(options.dropout, 0), 1) }
  var recurrentDropout: Double { Swift.min(Swift.max(options.recurrentDropout, 0), 1) }

  public override func loopConstants(inputShape: Shape, _ context: CallContext) -> [String: [Tensor]] {
    guard context.training, let generator, let state = stateShapes(batchSize: inputShape[0]).first else { return [:] }
    func patterns(_ rate: Double, _ shape: Shape) -> [Tensor] {
      guard rate > 0, rate < 1 else { return [] }
      let ones = context.entering(self).zeros(shape) + 1
      return (0..<dropoutPatterns).map { _ in context.dropout(ones, rate: rate, generator) }
    }
    return [
      "dropout": patterns(dropout, inputShape),
      "recurrent_dropout": patterns(recurrentDropout, state).map { entering([$0])[0] },
    ]
  }

  /// The value as each gate sees it: under the gate's own pattern, or all under the same.
  func dropped(_ value: Tensor, _ name: String, _ context: CallContext) -> [Tensor] {
    guard let patterns = context.tensors[name], !patterns.isEmpty else { return [value] }
    return patterns.map { value * $0 }
  }
}

/// A recurrence that `Op.recurrent` computes as a whole, and what it takes besides projection, states and mask.
struct FusedRecurrence {
  let cell: Recurrent.Cell
  let activation: Recurrent.Activation
  let recurrentActivation: Recurrent.Activation
  let recurrentKernel: Tensor
  let recurrentBias: Tensor?

  func callAsFunction(
    _ projection: Tensor, states: [Tensor], mask: Tensor?, reversed: Bool, zeroOutputForMask: Bool
  ) -> (sequence: Tensor, states: [Tensor]) {
    let attributes = Recurrent(
      cell, activation: activation, recurrentActivation: recurrentActivation, reversed: reversed,
      hasMask: mask != nil, zeroOutputForMask: zeroOutputForMask)
    let operands = [projection] + states + [recurrentKernel] + [recurrentBias, mask].compactMap { $0 }
    let config: Config = [
      "cell": .string("\(cell)"), "activation": .string(activation.rawValue),
      "recurrent_activation": .string(recurrentActivation.rawValue), "go_backwards": .bool(reversed),
      "zero_output_for_mask": .bool(zeroOutputForMask),
    ]
    let recurrence = Operation(className: "Recurrent", config: config, arguments: operands.map(Argument.tensor))
    let results = recurrence.apply { operands in
      let kernel = 1 + attributes.cell.stateCount
      let (sequence, states) = operands[0].recurrent(
        attributes, initial: Array(operands[1..<kernel]), recurrentKernel: operands[kernel],
        recurrentBias: attributes.hasRecurrentBias ? operands[kernel + 1] : nil,
        mask: attributes.hasMask ? operands.last : nil)
      return [sequence] + states
    }
    return (results[0], results.count > 1 ? Array(results.dropFirst()) : states.map { _ in results[0] })
  }
}

extension Recurrent.Activation {
  /// The function of that name, if the operation has it.
  init?(_ function: ActivationFunction) {
    switch function.serialized.string {
    case "linear": self = .linear
    case "tanh": self = .tanh
    case "sigmoid": self = .sigmoid
    case "relu": self = .relu
    case "hard_sigmoid": self = .hardSigmoid
    default: return nil
    }
  }
}
