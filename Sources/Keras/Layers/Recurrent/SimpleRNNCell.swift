/// One step of `SimpleRNN`: `h′ = activation(x·kernel + h·recurrentKernel + bias)`.
///
/// Input `[batch, features]`, state and output `[batch, units]`. Source: `keras.layers.SimpleRNNCell`.
public final class SimpleRNNCell: DenseCell, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - units: the number of features of state and output.
  ///   - dropout: of the input, from 0 to 1.
  ///   - recurrentDropout: of the state; the pattern is the same at all time steps.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform, recurrentInitializer: any Initializer = .orthogonal,
    biasInitializer: any Initializer = .zeros, kernelRegularizer: (any Regularizer)? = nil,
    recurrentRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, recurrentConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, dropout: Double = 0, recurrentDropout: Double = 0, seed: Int? = nil,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    super.init(
      units,
      RecurrentOptions(
        activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
        recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer,
        kernelRegularizer: kernelRegularizer, recurrentRegularizer: recurrentRegularizer,
        biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint,
        recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint, dropout: dropout,
        recurrentDropout: recurrentDropout, seed: seed),
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
      .further, "h′ = activation(x·kernel + h·recurrentKernel + bias)", example: "RNN(SimpleRNNCell(64))",
      arguments: ["units": 64], inputs: [[nil, 8]])
  }

  override func step(_ projection: Tensor, _ states: [Tensor], _ context: CallContext) -> [Tensor] {
    [options.activation(projection + recurrentProduct(states[0], context))]
  }
}
