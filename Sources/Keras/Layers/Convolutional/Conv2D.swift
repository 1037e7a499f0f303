/// A convolution over images.
///
/// Input `[batch, height, width, channels]`, output `[batch, height′, width′, filters]`; with `.channelsFirst` the
/// channels come second.
/// Source: `keras.layers.Conv2D`.
public final class Conv2D: BaseConvolution, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - filters: the number of output channels, at least 1.
  ///   - kernelSize: the window's extents; one number counts for all axes.
  ///   - padding: `.valid` or `.same`.
  ///   - dilationRate: distance between the window's taps; not together with strides over 1.
  ///   - groups: parts into which the channels are split, each with its own filters.
  ///   - loraRank: freezes the kernel and trains an update of this rank instead.
  ///   - loraAlpha: the update's scale times its rank; `nil` means `loraRank`.
  public init(
    _ filters: Int, kernelSize: AxisValues, strides: AxisValues = 1, padding: PaddingMode = .valid,
    dataFormat: DataFormat = .channelsLast, dilationRate: AxisValues = 1, groups: Int = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, loraRank: Int? = nil, loraAlpha: Double? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 2,
      ConvolutionOptions(
        filters: filters, kernelSize: kernelSize, strides: strides, padding: padding, dataFormat: dataFormat,
        dilationRate: dilationRate, groups: groups, activation: activation, useBias: useBias,
        weights: WeightOptions(
          kernelInitializer: kernelInitializer, biasInitializer: biasInitializer,
          kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer,
          activityRegularizer: activityRegularizer, kernelConstraint: kernelConstraint,
          biasConstraint: biasConstraint),
        lowRank: LowRankOptions(rank: loraRank, alpha: loraAlpha)),
      name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    super.init(rank: 2, try ConvolutionOptions(reader), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .convolutional, "activation(conv(x, kernel) + bias)", example: "Conv2D(32, kernelSize: 3, activation: .relu)",
      arguments: ["filters": 32, "kernel_size": 3], inputs: [[nil, 28, 28, 3]])
  }
}
