import Graph
import ModelFiles

/// One step of `GRU`, gates in the order z, r, h:
/// `z, r = recurrentActivation(x·W + h·U + b)`, `ĥ = activation(x·W + r ⊙ (h·U + b′) + b)` (or `(r ⊙ h)·U` without
/// `resetAfter`), `h′ = z ⊙ h + (1 − z) ⊙ ĥ`.
///
/// Input `[batch, features]`, state and output `[batch, units]`. Source: Cho et al. 2014, `keras.layers.GRUCell`.
public final class GRUCell: DenseCell, ConfigConstructible, @unchecked Sendable {
  /// Whether the reset gate multiplies after the recurrent product.
  public let resetAfter: Bool

  /// - Parameters:
  ///   - units: the number of features of state and output.
  ///   - dropout: of the input, from 0 to 1.
  ///   - recurrentDropout: of the state; the pattern is the same at all time steps.
  ///   - resetAfter: whether the reset gate multiplies after the recurrent product (cuDNN's form).
  public init(
    _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
    useBias: Bool = true, kernelInitializer: any Initializer = .glorotUniform,
    recurrentInitializer: any Initializer = .orthogonal, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, recurrentRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    recurrentConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil, dropout: Double = 0,
    recurrentDropout: Double = 0, resetAfter: Bool = true, seed: Int? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.resetAfter = resetAfter
    super.init(
      units,
      RecurrentOptions(
        activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
        kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
        biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
        recurrentRegularizer: recurrentRegularizer, biasRegularizer: biasRegularizer,
        kernelConstraint: kernelConstraint, recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint,
        dropout: dropout, recurrentDropout: recurrentDropout, seed: seed),
      name: name, dtype: dtype)
  }

  init(_ units: Int, resetAfter: Bool, _ options: RecurrentOptions, name: String?, dtype: DTypePolicy) {
    self.resetAfter = resetAfter
    super.init(units, options, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.int("units"), resetAfter: try reader.bool("reset_after", default: true),
      try RecurrentOptions(reader), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "one step of GRU", example: "RNN(GRUCell(64))",
      arguments: ["units": 64], inputs: [[nil, 8]])
  }

  public override var config: Config {
    super.config.merging(options.gateConfig).merging(["reset_after": .bool(resetAfter)])
  }

  override var gateCount: Int { 3 }
  override var biasShape: [Int] { resetAfter ? [2, 3 * units] : [3 * units] }
  override var fusedCell: Recurrent.Cell { .gru(resetAfter: resetAfter) }

  override func inputBias(_ context: CallContext) -> Tensor? { bias.map { part(0, of: context[$0]) } }

  override func recurrentBias(_ context: CallContext) -> Tensor? {
    guard resetAfter else { return nil }
    return bias.map { part(1, of: context[$0]) } ?? context.zeros([3 * units])
  }

  /// A row of the bias `[2, 3 · units]`.
  private func part(_ row: Int, of bias: Tensor) -> Tensor {
    resetAfter ? bias.slice(axis: 0, row..<(row + 1)).squeeze(0) : bias
  }

  override func step(_ projection: Tensor, _ states: [Tensor], _ context: CallContext) -> [Tensor] {
    let h = states[0]
    let (x, r) = ((0..<3).map { gate($0, of: projection) }, options.recurrentActivation)
    let candidate: Tensor
    let update: Tensor
    if resetAfter {
      let product = recurrentProduct(h, context)
      let inner = recurrentBias(context).map { product + $0 } ?? product
      update = r(x[0] + gate(0, of: inner))
      candidate = options.activation(x[2] + r(x[1] + gate(1, of: inner)) * gate(2, of: inner))
    } else {
      let (forUpdate, forReset, forCandidate) = droppedStates(h, context)
      update = r(x[0] + forUpdate.matmul(recurrentGate(0, context)))
      let reset = r(x[1] + forReset.matmul(recurrentGate(1, context)))
      candidate = options.activation(x[2] + (reset * forCandidate).matmul(recurrentGate(2, context)))
    }
    return [update * h + (1 - update) * candidate]
  }

  private func recurrentGate(_ index: Int, _ context: CallContext) -> Tensor {
    recurrentKernel.map { gate(index, of: context[$0]) } ?? context.zeros([units, units])
  }

  /// The state as each of the gates sees it.
  private func droppedStates(_ h: Tensor, _ context: CallContext) -> (Tensor, Tensor, Tensor) {
    let seen = dropped(h, "recurrent_dropout", context)
    return seen.count == 3 ? (seen[0], seen[1], seen[2]) : (seen[0], seen[0], seen[0])
  }
}
