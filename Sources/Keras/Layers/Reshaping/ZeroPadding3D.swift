import ModelFiles

/// Adds planes, rows and columns of zeros at the ends of each spatial axis.
///
/// Input `[batch, depth, height, width, channels]`, with `.channelsFirst` the channels second. Source: `keras.layers.ZeroPadding3D`.
public final class ZeroPadding3D: BorderLayer, ConfigConstructible, @unchecked Sendable {
  /// - Parameter padding: how many at each end; see `BorderAmounts`.
  public init(
    _ padding: BorderAmounts = 1, dataFormat: DataFormat = .channelsLast, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 3, argument: "padding", padding, dataFormat: dataFormat, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.borderAmounts("padding"), dataFormat: try reader.choice("data_format", default: .channelsLast),
      name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "zeros around the spatial axes", example: "ZeroPadding3D(1)",
      arguments: [:], inputs: [[nil, 8, 16, 16, 3]])
  }

  public override var config: Config { ["padding": serializedAmounts, "data_format": .string(dataFormat.rawValue)] }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    input.pad(allAmounts.map { ($0.low, $0.high) })
  }
}
