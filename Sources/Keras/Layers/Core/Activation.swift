import ModelFiles

/// Applies an activation function. Output shape is the input's. Source: `keras.layers.Activation`.
public final class Activation: Layer, ConfigConstructible, @unchecked Sendable {
  public let activation: ActivationFunction

  public init(_ activation: ActivationFunction, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.activation = activation
    super.init(name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(try reader.activation("activation"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .core, "activation(x)", example: "Activation(.relu)",
      arguments: ["activation": "relu"], inputs: [[nil, 8]])
  }

  public override var config: Config { ["activation": activation.serialized] }
  public override var supportsMasking: Bool { true }
  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor { activation(input) }
}
