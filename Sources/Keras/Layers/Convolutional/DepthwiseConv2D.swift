/// A convolution over images in which each channel has kernels of its own.
///
/// Input `[batch, height, width, channels]`, output `[batch, height′, width′, channels · depthMultiplier]`; with
/// `.channelsFirst` the channels come second. Source: `keras.layers.DepthwiseConv2D`.
public final class DepthwiseConv2D: BaseDepthwiseConvolution, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - kernelSize: the window's extents; one number counts for all axes.
  ///   - padding: `.valid` or `.same`.
  ///   - depthMultiplier: output channels for each input channel.
  ///   - dilationRate: distance between the window's taps.
  public init(
    kernelSize: AxisValues,
    strides: AxisValues = 1, padding: PaddingMode = .valid, depthMultiplier: Int = 1,
    dataFormat: DataFormat = .channelsLast, dilationRate: AxisValues = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true,
    depthwiseInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    depthwiseRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, depthwiseConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 2,
      DepthwiseOptions(
        depthMultiplier: depthMultiplier, kernelSize: kernelSize, strides: strides, padding: padding,
        dataFormat: dataFormat, dilationRate: dilationRate, activation: activation, useBias: useBias,
        depthwiseInitializer: depthwiseInitializer, biasInitializer: biasInitializer,
        depthwiseRegularizer: depthwiseRegularizer, biasRegularizer: biasRegularizer,
        activityRegularizer: activityRegularizer, depthwiseConstraint: depthwiseConstraint,
        biasConstraint: biasConstraint),
      name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ kernelSize: AxisValues, strides: AxisValues = 1, padding: PaddingMode = .valid, depthMultiplier: Int = 1,
    dataFormat: DataFormat = .channelsLast, dilationRate: AxisValues = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, depthwiseInitializer: any Initializer = .glorotUniform,
    biasInitializer: any Initializer = .zeros, depthwiseRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
    depthwiseConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(
      kernelSize: kernelSize, strides: strides, padding: padding, depthMultiplier: depthMultiplier,
      dataFormat: dataFormat, dilationRate: dilationRate, activation: activation, useBias: useBias,
      depthwiseInitializer: depthwiseInitializer, biasInitializer: biasInitializer,
      depthwiseRegularizer: depthwiseRegularizer, biasRegularizer: biasRegularizer,
      activityRegularizer: activityRegularizer, depthwiseConstraint: depthwiseConstraint,
      biasConstraint: biasConstraint, name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    super.init(rank: 2, try DepthwiseOptions(reader), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .convolutional, "activation(conv of each channel with kernels of its own + bias)",
      example: "DepthwiseConv2D(kernelSize: 3)",
      arguments: ["kernel_size": 3], inputs: [[nil, 28, 28, 3]])
  }
}
