import ModelFiles

/// The arguments that the convolution layers share.
struct ConvolutionOptions: Sendable {
  var filters: Int
  var kernelSize: AxisValues
  var strides: AxisValues
  var padding: PaddingMode
  var dataFormat: DataFormat
  var dilationRate: AxisValues
  var groups: Int
  var activation: ActivationFunction
  var useBias: Bool
  var weights: WeightOptions
  var lowRank = LowRankOptions(rank: nil, alpha: nil)
}

extension ConvolutionOptions {
  public init(_ reader: ConfigReader) throws {
    filters = try reader.int("filters")
    kernelSize = AxisValues(try reader.optionalInts("kernel_size") ?? [])
    strides = AxisValues(try reader.optionalInts("strides") ?? [1])
    padding = try reader.choice("padding", default: .valid)
    dataFormat = try reader.choice("data_format", default: .channelsLast)
    dilationRate = AxisValues(try reader.optionalInts("dilation_rate") ?? [1])
    groups = try reader.int("groups", default: 1)
    activation = try reader.activation("activation")
    useBias = try reader.bool("use_bias", default: true)
    weights = try WeightOptions(reader)
    lowRank = try reader.lowRankOptions()
  }
}
