import ModelFiles

/// Removes planes, rows and columns at the ends of each spatial axis.
///
/// Input `[batch, depth, height, width, channels]`, with `.channelsFirst` the channels second. Source: `keras.layers.Cropping3D`.
public final class Cropping3D: BaseCropping, ConfigConstructible, @unchecked Sendable {
  /// - Parameter cropping: how many at each end; see `BorderAmounts`.
  public init(
    _ cropping: BorderAmounts = 1, dataFormat: DataFormat = .channelsLast, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 3, argument: "cropping", cropping, dataFormat: dataFormat, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.borderAmounts("cropping"), dataFormat: try reader.choice("data_format", default: .channelsLast),
      name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "the ends of the spatial axes removed", example: "Cropping3D(1)",
      arguments: [:], inputs: [[nil, 8, 16, 16, 3]])
  }

  public override var config: Config { ["cropping": serializedAmounts, "data_format": .string(dataFormat.rawValue)] }
}
