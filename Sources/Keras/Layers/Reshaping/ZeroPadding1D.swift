import ModelFiles

/// Adds time steps of zeros at the ends of the time axis.
///
/// Input `[batch, steps, channels]`, with `.channelsFirst` the channels second. Source: `keras.layers.ZeroPadding1D`.
public final class ZeroPadding1D: BorderLayer, ConfigConstructible, @unchecked Sendable {
  /// - Parameter padding: how many at each end; see `BorderAmounts`.
  public init(
    _ padding: BorderAmounts = 1, dataFormat: DataFormat = .channelsLast, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 1, argument: "padding", padding, dataFormat: dataFormat, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.borderAmounts("padding"), dataFormat: try reader.choice("data_format", default: .channelsLast),
      name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "zeros around the spatial axes", example: "ZeroPadding1D(1)",
      arguments: [:], inputs: [[nil, 10, 8]])
  }

  public override var config: Config { ["padding": serializedAmounts, "data_format": .string(dataFormat.rawValue)] }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    input.pad(allAmounts.map { ($0.low, $0.high) })
  }
}
