import Graph
import ModelFiles

/// What `SimpleRNNCell`, `GRUCell` and `LSTMCell` share: gates from `x · kernel + h · recurrentKernel + bias`.
public class DenseCell: ProjectingCell, @unchecked Sendable {
  public let units: Int
  /// `[features, gates · units]`.
  public private(set) var kernel: Variable?
  /// `[units, gates · units]`.
  public private(set) var recurrentKernel: Variable?
  /// `[gates · units]`; for a GRU with `resetAfter` `[2, 3 · units]`: the input's and the recurrent bias.
  public private(set) var bias: Variable?

  init(_ units: Int, _ options: RecurrentOptions, name: String?, dtype: DTypePolicy) {
    self.units = units
    super.init(options, name: name, dtype: dtype)
    requireSize("units", units)
  }

  public override var config: Config { super.config.merging(["units": JSONValue(units)]) }
  public override var stateSize: [Int] { [units] }

  var gateCount: Int { 1 }
  var biasShape: [Int] { [gateCount * units] }
  var biasInitializer: any Initializer { options.biasInitializer }

  public override func build(_ inputShape: [Int?]) throws {
    guard inputShape.count == 2, let features = inputShape[1] else {
      throw KerasError(
        .incompatibleShape, name, "one step's input must be [batch, features], found \(describe(inputShape))")
    }
    kernel = try addWeight(
      "kernel", shape: [features, gateCount * units], initializer: options.kernelInitializer,
      regularizer: options.kernelRegularizer, constraint: options.kernelConstraint)
    recurrentKernel = try addWeight(
      "recurrent_kernel", shape: [units, gateCount * units], initializer: options.recurrentInitializer,
      regularizer: options.recurrentRegularizer, constraint: options.recurrentConstraint)
    if options.useBias {
      bias = try addWeight(
        "bias", shape: biasShape, initializer: biasInitializer, regularizer: options.biasRegularizer,
        constraint: options.biasConstraint)
    }
  }

  /// Keras gives each gate a pattern of its own once states are dropped as well.
  override var dropoutPatterns: Int { recurrentDropout > 0 ? gateCount : 1 }

  override func project(_ sequence: Tensor, _ context: CallContext) -> Tensor {
    guard let kernel else { return sequence }
    let product = gates(dropped(sequence, "dropout", context), context[kernel])
    return inputBias(context).map { product + $0 } ?? product
  }

  func inputBias(_ context: CallContext) -> Tensor? { bias.map { context[$0] } }
  func recurrentBias(_ context: CallContext) -> Tensor? { nil }

  /// `h · recurrentKernel`, under recurrent dropout in training.
  func recurrentProduct(_ state: Tensor, _ context: CallContext) -> Tensor {
    guard let recurrentKernel else { return state }
    return gates(dropped(state, "recurrent_dropout", context), context[recurrentKernel])
  }

  /// The product of each gate: one value for all of them, or one for each.
  private func gates(_ values: [Tensor], _ kernel: Tensor) -> Tensor {
    guard values.count > 1 else { return values[0].matmul(kernel) }
    return concatenate(values.enumerated().map { $1.matmul(gate($0, of: kernel)) }, axis: -1)
  }

  /// One gate's part of a tensor whose last axis holds all gates.
  func gate(_ index: Int, of tensor: Tensor) -> Tensor {
    tensor.slice(axis: tensor.rank - 1, (index * units)..<((index + 1) * units))
  }

  var fusedCell: Recurrent.Cell { .simple }

  override func fused(_ context: CallContext) -> FusedRecurrence? {
    guard let recurrentKernel, context.tensors["recurrent_dropout"]?.isEmpty ?? true,
      let activation = Recurrent.Activation(options.activation),
      let recurrentActivation = fusedCell == .simple ? .sigmoid : Recurrent.Activation(options.recurrentActivation)
    else { return nil }
    return FusedRecurrence(
      cell: fusedCell, activation: activation, recurrentActivation: recurrentActivation,
      recurrentKernel: context[recurrentKernel], recurrentBias: recurrentBias(context))
  }
}
