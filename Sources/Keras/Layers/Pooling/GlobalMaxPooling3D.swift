/// The largest value of each channel over all three spatial axes.
///
/// Input `[batch, depth, height, width, channels]`, with `.channelsFirst` the channels second; output `[batch, channels]`,
/// with `keepDims` the reduced axes with extent 1.
/// Source: `keras.layers.GlobalMaxPooling3D`.
public final class GlobalMaxPooling3D: BaseGlobalPooling, ConfigConstructible, @unchecked Sendable {
  /// - Parameter keepDims: whether the output keeps the reduced axes.
  public init(
    dataFormat: DataFormat = .channelsLast, keepDims: Bool = false, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(rank: 3, kind: .maximum, dataFormat: dataFormat, keepDims: keepDims, name: name, dtype: dtype)
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
      .pooling, "the largest value of each channel", example: "GlobalMaxPooling3D()",
      arguments: [:], inputs: [[nil, 8, 16, 16, 3]])
  }
}
