/// A recurrent layer over volumes: an LSTM whose products are convolutions.
///
/// Input `[batch, time, depth, height, width, channels]`; output the last `h`, `[batch, depth′, height′, width′, filters]`, or with `returnSequences` all, with the time axis after the batch;
/// with `.channelsFirst` the channels come before the spatial axes.
/// Source: Shi et al. 2015, `keras.layers.ConvLSTM3D`.
public final class ConvLSTM3D: BaseConvLSTM, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - filters: the number of output channels.
  ///   - kernelSize: the window's extents; one number counts for all axes.
  ///   - strides, padding, dilationRate: of the input's convolution; the states' has padding same.
  ///   - unitForgetBias: whether the forget gate's bias starts at 1.
  ///   - dropout: of the input, from 0 to 1.
  ///   - recurrentDropout: of the state; the pattern is the same at all time steps.
  ///   - returnSequences: whether to give the outputs of all steps rather than the last.
  ///   - returnState: whether a call gives the last `h` and `c` after the output.
  ///   - goBackwards: whether to go from the last step to the first; the outputs are in the order of processing.
  ///   - stateful: whether a call starts with the states that the last one ended with (`resetStates`).
  public init(
    _ filters: Int, kernelSize: AxisValues, strides: AxisValues = 1, padding: PaddingMode = .valid,
    dataFormat: DataFormat = .channelsLast, dilationRate: AxisValues = 1, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform, recurrentInitializer: any Initializer = .orthogonal,
    biasInitializer: any Initializer = .zeros, unitForgetBias: Bool = true,
    kernelRegularizer: (any Regularizer)? = nil, recurrentRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, recurrentConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, dropout: Double = 0, recurrentDropout: Double = 0, seed: Int? = nil,
    returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false, stateful: Bool = false,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    let shape = ConvLSTMShape(
      kernelSize: kernelSize, strides: strides, padding: padding, dataFormat: dataFormat, dilationRate: dilationRate)
    let cell = RecurrentOptions(
      activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
      kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
      biasInitializer: biasInitializer, unitForgetBias: unitForgetBias, kernelRegularizer: kernelRegularizer,
      recurrentRegularizer: recurrentRegularizer, biasRegularizer: biasRegularizer,
      kernelConstraint: kernelConstraint, recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint,
      dropout: dropout, recurrentDropout: recurrentDropout, seed: seed)
    let sequence = SequenceOptions(
      returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards, stateful: stateful)
    super.init(
      rank: 3, filters, shape, cell, sequence, name: name, dtype: dtype, activityRegularizer: activityRegularizer)
  }

  public init(from reader: ConfigReader) throws {
    super.init(
      rank: 3, try reader.int("filters"), try ConvLSTMShape(reader), try RecurrentOptions(reader),
      try SequenceOptions(reader), name: reader.name, dtype: try reader.dtypePolicy(),
      activityRegularizer: try reader.regularizer("activity_regularizer"))
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "an LSTM whose products are convolutions", example: "ConvLSTM3D(16, kernelSize: 3)",
      arguments: ["filters": 16, "kernel_size": 3], inputs: [[nil, 10, 8, 8, 8, 3]])
  }
}
