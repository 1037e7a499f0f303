import ModelFiles

/// The basic recurrent layer: `hₜ = activation(xₜ·kernel + hₜ₋₁·recurrentKernel + bias)`.
///
/// Input `[batch, time, features]`; output the last `h`, `[batch, units]`, or with `returnSequences` all,
/// `[batch, time, units]`. Source: `keras.layers.SimpleRNN`.
public final class SimpleRNN: DenseRecurrentLayer, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - units: the number of features of state and output.
  ///   - dropout: of the input, from 0 to 1.
  ///   - recurrentDropout: of the state; the pattern is the same at all time steps.
  ///   - returnSequences: whether to give the outputs of all steps rather than the last.
  ///   - returnState: whether a call gives the last states after the output.
  ///   - goBackwards: whether to go from the last step to the first; the outputs are in the order of processing.
  ///   - stateful: whether a call starts with the states that the last one ended with (`resetStates`).
  ///   - unroll: whether steps are written out one by one rather than as a loop.
  ///   - zeroOutputForMask: whether the output of a masked step is 0 rather than the output before it.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform, recurrentInitializer: any Initializer = .orthogonal,
    biasInitializer: any Initializer = .zeros, kernelRegularizer: (any Regularizer)? = nil,
    recurrentRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    recurrentConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil, dropout: Double = 0,
    recurrentDropout: Double = 0, seed: Int? = nil, returnSequences: Bool = false, returnState: Bool = false,
    goBackwards: Bool = false, stateful: Bool = false, unroll: Bool = false, zeroOutputForMask: Bool = false,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    let options = RecurrentOptions(
      activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
      recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, recurrentRegularizer: recurrentRegularizer,
      biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint, recurrentConstraint: recurrentConstraint,
      biasConstraint: biasConstraint, dropout: dropout, recurrentDropout: recurrentDropout, seed: seed)
    super.init(
      SimpleRNNCell(units, options, name: "simple_rnn_cell", dtype: dtype),
      SequenceOptions(
        returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards, stateful: stateful,
        unroll: unroll, zeroOutputForMask: zeroOutputForMask),
      name: name, dtype: dtype, activityRegularizer: activityRegularizer)
  }

  public init(from reader: ConfigReader) throws {
    let dtype = try reader.dtypePolicy()
    super.init(
      SimpleRNNCell(
        try reader.int("units"), try RecurrentOptions(reader), name: "simple_rnn_cell", dtype: dtype),
      try SequenceOptions(reader), name: reader.name, dtype: dtype,
      activityRegularizer: try reader.regularizer("activity_regularizer"))
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .recurrent, "h′ = activation(xₜ·kernel + h·recurrentKernel + bias)", example: "SimpleRNN(64)",
      arguments: ["units": 64], inputs: [[nil, 10, 8]])
  }

  /// Keras does not write the seed of this layer; one that was given is kept.
  public override var config: Config {
    var config = super.config
    if config["seed"]?.isNull ?? true { config["seed"] = nil }
    return config
  }
}
