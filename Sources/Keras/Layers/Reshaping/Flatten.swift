import ModelFiles

/// Joins all axes but the batch: `[batch, a, b, …]` becomes `[batch, a·b·…]`. Source: `keras.layers.Flatten`.
public final class Flatten: Layer, ConfigConstructible, @unchecked Sendable {
  public let dataFormat: DataFormat

  /// - Parameter dataFormat: with `.channelsFirst` the channels are moved last before joining.
  public init(dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.dataFormat = dataFormat
    super.init(name: name, dtype: dtype)
    inputSpec = InputSpec(minimumRank: 1)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ dataFormat: DataFormat, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(dataFormat: dataFormat, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      dataFormat: try reader.choice("data_format", default: .channelsLast), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .core, "all axes but the batch joined", example: "Flatten()",
      arguments: [:], inputs: [[nil, 28, 28, 3]])
  }

  public override var config: Config { ["data_format": .string(dataFormat.rawValue)] }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    let x = dataFormat == .channelsFirst && input.rank > 2 ? input.channelsMovedLast() : input
    return x.reshape([x.shape[0], x.shape.dimensions.dropFirst().reduce(1, &*)])
  }
}
