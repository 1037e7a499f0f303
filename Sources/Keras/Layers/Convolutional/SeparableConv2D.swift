/// A depthwise convolution over images followed by a mixing of the channels: far fewer weights than `Conv2D`.
///
/// Input `[batch, height, width, channels]`, output `[batch, height′, width′, filters]`; with `.channelsFirst` the channels
/// come second. Source: Chollet 2017, `keras.layers.SeparableConv2D`.
public final class SeparableConv2D: BaseSeparableConvolution, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - filters: the number of output channels, at least 1.
  ///   - kernelSize: the window's extents; one number counts for all axes.
  ///   - padding: `.valid` or `.same`.
  ///   - depthMultiplier: channels for each input channel between the two steps.
  ///   - dilationRate: distance between the window's taps.
  public init(
    _ filters: Int, kernelSize: AxisValues,
    strides: AxisValues = 1, padding: PaddingMode = .valid, depthMultiplier: Int = 1,
    dataFormat: DataFormat = .channelsLast, dilationRate: AxisValues = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true,
    depthwiseInitializer: any Initializer = .glorotUniform,
    pointwiseInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    depthwiseRegularizer: (any Regularizer)? = nil, pointwiseRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, depthwiseConstraint: (any Constraint)? = nil,
    pointwiseConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 2, filters: filters,
      DepthwiseOptions(
        depthMultiplier: depthMultiplier, kernelSize: kernelSize, strides: strides, padding: padding,
        dataFormat: dataFormat, dilationRate: dilationRate, activation: activation, useBias: useBias,
        depthwiseInitializer: depthwiseInitializer, biasInitializer: biasInitializer,
        depthwiseRegularizer: depthwiseRegularizer, biasRegularizer: biasRegularizer,
        activityRegularizer: activityRegularizer, depthwiseConstraint: depthwiseConstraint,
        biasConstraint: biasConstraint),
      PointwiseOptions(
        initializer: pointwiseInitializer, regularizer: pointwiseRegularizer, constraint: pointwiseConstraint),
      name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    super.init(
      rank: 2, filters: try reader.int("filters"), try DepthwiseOptions(reader), try PointwiseOptions(reader),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .convolutional, "activation(conv1×1(depthwise conv(x, depthwise), pointwise) + bias)",
      example: "SeparableConv2D(32, kernelSize: 3)",
      arguments: ["filters": 32, "kernel_size": 3], inputs: [[nil, 28, 28, 3]])
  }
}
