import ModelFiles

/// The input, unchanged; adds `l1` · Σ|x| + `l2` · Σx², divided by the batch's size, to the loss.
/// Source: `keras.layers.ActivityRegularization`.
public final class ActivityRegularization: Layer, ConfigConstructible, @unchecked Sendable {
  public let l1: Double
  public let l2: Double

  public init(l1: Double = 0, l2: Double = 0, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.l1 = l1
    self.l2 = l2
    super.init(name: name, dtype: dtype, activityRegularizer: L1L2(l1: l1, l2: l2))
    built = true
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ l1: Double, l2: Double = 0, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(l1: l1, l2: l2, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      l1: try reader.double("l1", default: 0), l2: try reader.double("l2", default: 0), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x; adds l1 · Σ|x| + l2 · Σx² to the loss", example: "ActivityRegularization(l2: 1e-3)",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config { ["l1": .number(l1), "l2": .number(l2)] }
  public override var baseConfig: Config {
    var config = super.baseConfig
    config["activity_regularizer"] = nil
    return config
  }
  public override var supportsMasking: Bool { true }
  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor { input }
}
