import ModelFiles

/// Divides by the Euclidean norm over some axes, so that it becomes 1. Output shape is the input's.
/// Source: `keras.layers.UnitNormalization`.
public final class UnitNormalization: Layer, ConfigConstructible, @unchecked Sendable {
  public let axis: Axes

  /// - Parameter axis: the axes over which the norm is taken.
  public init(axis: Axes = -1, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.axis = axis
    super.init(name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ axis: Axes, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(axis: axis, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(axis: try reader.axes(default: -1), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x / ‖x‖", example: "UnitNormalization()",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config { ["axis": axis.serialized] }
  public override var supportsMasking: Bool { true }

  public override func build(_ inputShape: [Int?]) throws {
    _ = try axis.resolved(rank: inputShape.count, layer: "\(name) (UnitNormalization), argument axis")
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    input.unitNormalized(axes: axis.values, epsilon: 1e-12)
  }
}
