import ModelFiles

/// Enlarges volumes by whole factors, repeating each element.
///
/// Input `[batch, depth, height, width, channels]`; with `.channelsFirst` the channels come second.
/// Source: `keras.layers.UpSampling3D`.
public final class UpSampling3D: Layer, ConfigConstructible, @unchecked Sendable {
  public private(set) var size: [Int] = []
  public let dataFormat: DataFormat

  /// - Parameter size: the factors, at least 1; one number counts for all axes.
  public init(
    size: AxisValues = 2, dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.dataFormat = dataFormat
    super.init(name: name, dtype: dtype)
    self.size = expand("size", size, 3)
    inputSpec = InputSpec(rank: 5)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ size: AxisValues, dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(size: size, dataFormat: dataFormat, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      size: AxisValues(try reader.optionalInts("size") ?? [2]),
      dataFormat: try reader.choice("data_format", default: .channelsLast), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "each element repeated", example: "UpSampling3D(size: 2)",
      arguments: [:], inputs: [[nil, 8, 16, 16, 3]])
  }

  public override var config: Config {
    ["size": JSONValue(size), "data_format": .string(dataFormat.rawValue)]
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    input.repeatingElements(dataFormat == .channelsFirst ? [1, 1] + size : [1] + size + [1])
  }
}
