import ModelFiles

/// Enlarges images by whole factors.
///
/// Input `[batch, height, width, channels]`, output `[batch, height · size[0], width · size[1], channels]`; with
/// `.channelsFirst` the channels come second. Source: `keras.layers.UpSampling2D`.
public final class UpSampling2D: Layer, ConfigConstructible, @unchecked Sendable {
  public private(set) var size: [Int] = []
  public let dataFormat: DataFormat
  public let interpolation: Interpolation

  /// - Parameters:
  ///   - size: the factors, at least 1; one number counts for both axes.
  ///   - interpolation: how the pixels between are made.
  public init(
    size: AxisValues = 2, dataFormat: DataFormat = .channelsLast, interpolation: Interpolation = .nearest,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.dataFormat = dataFormat
    self.interpolation = interpolation
    super.init(name: name, dtype: dtype)
    self.size = expand("size", size, 2)
    inputSpec = InputSpec(rank: 4)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ size: AxisValues, dataFormat: DataFormat = .channelsLast, interpolation: Interpolation = .nearest,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(size: size, dataFormat: dataFormat, interpolation: interpolation, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      size: AxisValues(try reader.optionalInts("size") ?? [2]),
      dataFormat: try reader.choice("data_format", default: .channelsLast),
      interpolation: try reader.choice("interpolation", default: .nearest), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "each element repeated, or interpolated", example: "UpSampling2D(size: 2)",
      arguments: [:], inputs: [[nil, 28, 28, 3]])
  }

  public override var config: Config {
    [
      "size": JSONValue(size), "data_format": .string(dataFormat.rawValue),
      "interpolation": .string(interpolation.rawValue),
    ]
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    if interpolation == .nearest {
      return input.repeatingElements(dataFormat == .channelsFirst ? [1, 1] + size : [1] + size + [1])
    }
    let axis = dataFormat == .channelsLast ? 1 : 2
    return input.resize(
      height: input.shape[axis] &* size[0], width: input.shape[axis + 1] &* size[1], interpolation: interpolation,
      dataFormat: dataFormat)
  }
}
