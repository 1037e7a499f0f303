import ModelFiles

/// The mean of windows chosen so that the output has a given size.
///
/// Input `[batch, height, width, channels]`, with `.channelsFirst` the channels second; the windows may overlap where
/// the sizes do not divide. Source: `keras.layers.AdaptiveAveragePooling2D`.
public final class AdaptiveAveragePooling2D: BaseAdaptivePooling, ConfigConstructible, @unchecked Sendable {
  /// - Parameter outputSize: the output's spatial extents, at least 1; one number counts for all axes.
  public init(
    _ outputSize: AxisValues, dataFormat: DataFormat = .channelsLast, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 2, kind: .average, outputSize: outputSize, dataFormat: dataFormat, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      AxisValues(try reader.optionalInts("output_size") ?? []),
      dataFormat: try reader.choice("data_format", default: .channelsLast), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "the mean of windows that give the output its size", example: "AdaptiveAveragePooling2D(4)",
      arguments: ["output_size": 4], inputs: [[nil, 28, 28, 3]])
  }
}
