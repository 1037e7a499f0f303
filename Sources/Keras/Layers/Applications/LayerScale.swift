import Graph
import ModelFiles

/// y = x · γ, with one trained factor a feature that starts near 0. ConvNeXt uses it.
/// Source: Touvron et al. 2021, `keras.applications.convnext.LayerScale`.
public final class LayerScale: Layer, ConfigConstructible, @unchecked Sendable {
  public override class var pythonModule: String { "keras.src.applications.convnext" }
  /// The factors' first value.
  public let initialValue: Double
  /// The number of features.
  public let projectionDim: Int
  private var gamma: Variable?

  public init(initialValue: Double, projectionDim: Int, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.initialValue = initialValue
    self.projectionDim = projectionDim
    super.init(name: name, dtype: dtype)
    if projectionDim <= 0 { reject("projection_dim", "must be at least 1, found \(projectionDim)") }
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ initialValue: Double, projectionDim: Int, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(initialValue: initialValue, projectionDim: projectionDim, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      initialValue: try reader.double("init_values", default: 1e-6), projectionDim: try reader.int("projection_dim"),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x · γ, one trained factor a feature", example: "LayerScale(initialValue: 1e-6, projectionDim: 8)",
      arguments: ["init_values": 1e-6, "projection_dim": 8], inputs: [[nil, 4, 4, 8]])
  }

  public override var config: Config {
    ["init_values": .number(initialValue), "projection_dim": JSONValue(projectionDim)]
  }

  public override func build(_ inputShape: [Int?]) throws {
    gamma = try addWeight("variable", shape: [projectionDim], initializer: Constant(initialValue))
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    gamma.map { input * context[$0] } ?? input
  }
}
