import ModelFiles

/// Removes rows and columns at the ends of each spatial axis.
///
/// Input `[batch, height, width, channels]`, with `.channelsFirst` the channels second. Source: `keras.layers.Cropping2D`.
public final class Cropping2D: BaseCropping, ConfigConstructible, @unchecked Sendable {
  /// - Parameter cropping: how many at each end; see `BorderAmounts`. As in Keras none by default, unlike
  ///   `Cropping1D` and `Cropping3D`.
  public init(
    _ cropping: BorderAmounts = 0, dataFormat: DataFormat = .channelsLast, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 2, argument: "cropping", cropping, dataFormat: dataFormat, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.borderAmounts("cropping", default: 0),
      dataFormat: try reader.choice("data_format", default: .channelsLast),
      name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "the ends of the spatial axes removed", example: "Cropping2D(1)",
      arguments: [:], inputs: [[nil, 28, 28, 3]])
  }

  public override var config: Config { ["cropping": serializedAmounts, "data_format": .string(dataFormat.rawValue)] }
}
