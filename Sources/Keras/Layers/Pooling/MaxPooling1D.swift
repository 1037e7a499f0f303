/// The largest value of each window over 1 spatial axis.
///
/// Input `[batch, steps, channels]`, with `.channelsFirst` the channels second.
/// Source: `keras.layers.MaxPooling1D`.
public final class MaxPooling1D: BasePooling, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - poolSize: the window's extents; one number counts for all axes.
  ///   - strides: the window's steps; `nil` means `poolSize`.
  ///   - padding: `.valid` or `.same`.
  public init(
    poolSize: AxisValues = 2, strides: AxisValues? = nil, padding: PaddingMode = .valid,
    dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 1, kind: .maximum,
      PoolingOptions(poolSize: poolSize, strides: strides, padding: padding, dataFormat: dataFormat), name: name,
      dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ poolSize: AxisValues, strides: AxisValues? = nil, padding: PaddingMode = .valid,
    dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(poolSize: poolSize, strides: strides, padding: padding, dataFormat: dataFormat, name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    super.init(
      rank: 1, kind: .maximum, try PoolingOptions(reader), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .pooling, "the largest value of each window", example: "MaxPooling1D(poolSize: 2)",
      arguments: [:], inputs: [[nil, 10, 8]])
  }
}
