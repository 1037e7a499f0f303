/// A transposed convolution over volumes, which enlarges by the strides.
///
/// Input `[batch, depth, height, width, channels]`, output `[batch, depth′, height′, width′, filters]`; with `.channelsFirst`
/// the channels come second. Without padding an axis of extent n becomes `(n − 1) · stride + window` (at
/// least), with `.same` padding `n · stride`. Source: `keras.layers.Conv3DTranspose`.
///
/// ```swift
/// Conv3DTranspose(64, kernelSize: 3, strides: 2, padding: .same)   // doubles each spatial axis
/// ```
public final class Conv3DTranspose: BaseTransposedConvolution, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - filters: the number of output channels, at least 1.
  ///   - kernelSize: the window's extents; one number counts for all axes.
  ///   - padding: `.valid` or `.same`.
  ///   - outputPadding: elements added at the end of the output, less than the strides; `nil` means as many as the
  ///     output's extent above needs.
  ///   - dilationRate: distance between the window's taps; not together with strides over 1.
  public init(
    _ filters: Int, kernelSize: AxisValues, strides: AxisValues = 1, padding: PaddingMode = .valid,
    outputPadding: AxisValues? = nil, dataFormat: DataFormat = .channelsLast, dilationRate: AxisValues = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 3,
      ConvolutionOptions(
        filters: filters, kernelSize: kernelSize, strides: strides, padding: padding, dataFormat: dataFormat,
        dilationRate: dilationRate, groups: 1, activation: activation, useBias: useBias,
        weights: WeightOptions(
          kernelInitializer: kernelInitializer, biasInitializer: biasInitializer,
          kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer,
          activityRegularizer: activityRegularizer, kernelConstraint: kernelConstraint,
          biasConstraint: biasConstraint)),
      outputPadding: outputPadding, name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    super.init(
      rank: 3, try ConvolutionOptions(reader),
      outputPadding: try reader.optionalInts("output_padding").map(AxisValues.init), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "activation(transposed conv(x, kernel) + bias)",
      example: "Conv3DTranspose(32, kernelSize: 3, strides: 2, padding: .same)",
      arguments: ["filters": 32, "kernel_size": 3], inputs: [[nil, 8, 16, 16, 3]])
  }
}
