/// The mean of each channel over the time axis.
///
/// Input `[batch, steps, channels]`, with `.channelsFirst` the channels second; output `[batch, channels]`,
/// with `keepDims` the reduced axes with extent 1. A mask leaves time steps out of the mean.
/// Source: `keras.layers.GlobalAveragePooling1D`.
public final class GlobalAveragePooling1D: BaseGlobalPooling, ConfigConstructible, @unchecked Sendable {
  /// - Parameter keepDims: whether the output keeps the reduced axes.
  public init(
    dataFormat: DataFormat = .channelsLast, keepDims: Bool = false, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    super.init(rank: 1, kind: .average, dataFormat: dataFormat, keepDims: keepDims, name: name, dtype: dtype)
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
      .pooling, "the mean of each channel", example: "GlobalAveragePooling1D()",
      arguments: [:], inputs: [[nil, 10, 8]])
  }

  public override var supportsMasking: Bool { true }
  public override var argumentNames: [String] { ["mask"] }
  public override func computeMask(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [nil] }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let mask = context.masks.first ?? nil else { return super.call(input, context) }
    let counts = mask.asType(.bool).expandDims(dataFormat == .channelsLast ? 2 : 1)
    let total = `where`(counts, input, Tensor(0, dtype: input.dtype)).sum(axis: spatialAxes, keepDims: keepDims)
    return total / counts.asType(input.dtype).sum(axis: spatialAxes, keepDims: keepDims)
  }
}
