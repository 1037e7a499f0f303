import ModelFiles

/// Repeats each sample's features as time steps: `[batch, features]` becomes `[batch, n, features]`.
/// Source: `keras.layers.RepeatVector`.
public final class RepeatVector: Layer, ConfigConstructible, @unchecked Sendable {
  public let n: Int

  /// - Parameter n: how often, at least 0.
  public init(_ n: Int, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.n = n
    super.init(name: name, dtype: dtype)
    if !(0...Size.largest).contains(n) { reject("n", "must be from 0 to \(Size.largest), found \(n)") }
    inputSpec = InputSpec(rank: 2)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(try reader.int("n"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .core, "x repeated n times along a new axis", example: "RepeatVector(5)",
      arguments: ["n": 5], inputs: [[nil, 8]])
  }

  public override var config: Config { ["n": JSONValue(n)] }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    input.expandDims(1).broadcast(to: [input.shape[0], n, input.shape[1]])
  }
}
