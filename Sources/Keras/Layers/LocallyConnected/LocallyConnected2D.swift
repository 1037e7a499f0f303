/// A convolution over the two spatial axes whose every output position has a kernel of its own.
///
/// Input `[batch, height, width, channels]`, output `[batch, height′, width′, filters]`; with `.channelsFirst` the channels
/// come second. The spatial extents must be known. Source: `keras.layers.LocallyConnected2D` of Keras 2.
public final class LocallyConnected2D: BaseLocallyConnected, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - filters: the number of output channels, at least 1.
  ///   - kernelSize: the window's extents; one number counts for all axes.
  ///   - padding: `.valid`, or `.same` where the implementation is not `.patches`.
  ///   - implementation: how the kernel is stored; the results are the same.
  public init(
    _ filters: Int, kernelSize: AxisValues, strides: AxisValues = 1, padding: PaddingMode = .valid,
    dataFormat: DataFormat = .channelsLast, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, implementation: Implementation = .patches, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 2,
      ConvolutionOptions(
        filters: filters, kernelSize: kernelSize, strides: strides, padding: padding, dataFormat: dataFormat,
        dilationRate: 1, groups: 1, activation: activation, useBias: useBias,
        weights: WeightOptions(
          kernelInitializer: kernelInitializer, biasInitializer: biasInitializer,
          kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer,
          activityRegularizer: activityRegularizer, kernelConstraint: kernelConstraint,
          biasConstraint: biasConstraint)),
      implementation: implementation, name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    super.init(
      rank: 2, try ConvolutionOptions(reader), implementation: try Implementation(reader), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .locallyConnected, "as a convolution, with a kernel of its own at each output position",
      example: "LocallyConnected2D(16, kernelSize: 3)",
      arguments: ["filters": 16, "kernel_size": 3], inputs: [[nil, 28, 28, 3]])
  }
}
