import ModelFiles

/// Removes time steps at the ends of the time axis.
///
/// Input `[batch, steps, channels]`. Source: `keras.layers.Cropping1D`.
public final class Cropping1D: BaseCropping, ConfigConstructible, @unchecked Sendable {
  /// - Parameter cropping: how many at each end; see `BorderAmounts`.
  public init(
    _ cropping: BorderAmounts = 1, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(
      rank: 1, argument: "cropping", cropping, dataFormat: .channelsLast, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.borderAmounts("cropping"), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "the ends of the spatial axes removed", example: "Cropping1D(1)",
      arguments: [:], inputs: [[nil, 10, 8]])
  }

  public override var config: Config { ["cropping": serializedAmounts] }
}
