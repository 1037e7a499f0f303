import ModelFiles

/// y = a + b · scale, for two inputs of broadcastable shapes. InceptionResNetV2 uses it.
/// Source: `keras.applications.inception_resnet_v2.CustomScaleLayer`.
public final class CustomScaleLayer: Layer, ConfigConstructible, @unchecked Sendable {
  public override class var pythonModule: String { "keras.src.applications.inception_resnet_v2" }
  public let scale: Double

  public init(scale: Double, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.scale = scale
    super.init(name: name, dtype: dtype)
    built = true
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ scale: Double, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(scale: scale, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      scale: try reader.double("scale", default: 1), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "a + b · scale", example: "CustomScaleLayer(scale: 0.17)", arguments: ["scale": 0.17],
      inputs: [[nil, 8], [nil, 8]])
  }

  public override var config: Config { ["scale": .number(scale)] }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard inputs.count == 2 else {
      return [
        Tensor(
          failure: KerasError(.invalidArgument, name, "takes a list of 2 tensors, \(inputs.count) were given"))
      ]
    }
    return [inputs[0] + inputs[1] * scale]
  }
}
