/// The mean of each channel over both spatial axes.
///
/// Input `[batch, height, width, channels]`, with `.channelsFirst` the channels second; output `[batch, channels]`,
/// with `keepDims` the reduced axes with extent 1.
/// Source: `keras.layers.GlobalAveragePooling2D`.
public final class GlobalAveragePooling2D: BaseGlobalPooling, ConfigConstructible, @unchecked Sendable {
  /// - Parameter keepDims: whether the output keeps the reduced axes.
  public init(
    dataFormat: DataFormat = .channelsLast, keepDims: Bool = false, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(rank: 2, kind: .average, dataFormat: dataFormat, keepDims: keepDims, name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ dataFormat: DataFormat, keepDims: Bool = false, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(dataFormat: dataFormat, keepDims: keepDims, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      dataFormat: try reader.choice("data_format", default: .channelsLast),
      keepDims: try reader.bool("keepdims", default: false), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .pooling, "the mean of each channel", example: "GlobalAveragePooling2D()",
      arguments: [:], inputs: [[nil, 28, 28, 3]])
  }
}
