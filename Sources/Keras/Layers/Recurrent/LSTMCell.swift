import Graph
import ModelFiles

/// One step of `LSTM`, gates in the order i, f, c, o: `i, f, o = recurrentActivation(x·W + h·U + b)`,
/// `c′ = f ⊙ c + i ⊙ activation(x·W + h·U + b)`, `h′ = o ⊙ activation(c′)`.
///
/// Input `[batch, features]`, states `h` and `c` `[batch, units]`, output `h′`.
/// Source: Hochreiter and Schmidhuber 1997, `keras.layers.LSTMCell`.
public final class LSTMCell: DenseCell, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - units: the number of features of state and output.
  ///   - dropout: of the input, from 0 to 1.
  ///   - recurrentDropout: of the state; the pattern is the same at all time steps.
  ///   - unitForgetBias: whether the forget gate's bias starts at 1.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
    useBias: Bool = true, kernelInitializer: any Initializer = .glorotUniform,
    recurrentInitializer: any Initializer = .orthogonal, biasInitializer: any Initializer = .zeros,
    unitForgetBias: Bool = true, kernelRegularizer: (any Regularizer)? = nil,
    recurrentRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, recurrentConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, dropout: Double = 0, recurrentDropout: Double = 0, seed: Int? = nil,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    super.init(
      units,
      RecurrentOptions(
        activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
        kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
        biasInitializer: biasInitializer, unitForgetBias: unitForgetBias, kernelRegularizer: kernelRegularizer,
        recurrentRegularizer: recurrentRegularizer, biasRegularizer: biasRegularizer,
        kernelConstraint: kernelConstraint, recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint,
        dropout: dropout, recurrentDropout: recurrentDropout, seed: seed),
      name: name, dtype: dtype)
  }

  override init(_ units: Int, _ options: RecurrentOptions, name: String?, dtype: DTypePolicy) {
    super.init(units, options, name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    super.init(
      try reader.int("units"), try RecurrentOptions(reader), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "one step of LSTM", example: "RNN(LSTMCell(64))",
      arguments: ["units": 64], inputs: [[nil, 8]])
  }

  public override var config: Config {
    super.config.merging(options.gateConfig).merging(["unit_forget_bias": .bool(options.unitForgetBias)])
  }

  public override var stateSize: [Int] { [units, units] }
  override var gateCount: Int { 4 }
  override var fusedCell: Recurrent.Cell { .lstm }
  override var biasInitializer: any Initializer {
    options.unitForgetBias ? ForgetGateBias(base: options.biasInitializer, units: units) : options.biasInitializer
  }

  override func step(_ projection: Tensor, _ states: [Tensor], _ context: CallContext) -> [Tensor] {
    let gates = projection + recurrentProduct(states[0], context)
    let (r, f) = (options.recurrentActivation, options.activation)
    let c = r(gate(1, of: gates)) * states[1] + r(gate(0, of: gates)) * f(gate(2, of: gates))
    let h = r(gate(3, of: gates)) * f(c)
    return [h, c]
  }
}
