import ModelFiles

/// Divides by the root of the mean square over some axes: `scale · x / √(mean(x²) + epsilon)`.
///
/// Output shape is the input's; `scale` has the extents of the normalised axes and multiplies along the last ones.
/// Source: Zhang and Sennrich 2019, `keras.layers.RMSNormalization`.
public final class RMSNormalization: Layer, ConfigConstructible, @unchecked Sendable {
  public let axis: Axes
  public let epsilon: Double
  private var axes: [Int] = []
  public private(set) var scale: Variable?

  /// - Parameter axis: the axes over which the mean is taken.
  public init(axis: Axes = -1, epsilon: Double = 1e-6, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.axis = axis
    self.epsilon = epsilon
    super.init(name: name, dtype: dtype)
    if !(epsilon >= 0) { reject("epsilon", "must not be negative, found \(epsilon)") }
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ axis: Axes, epsilon: Double = 1e-6, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(axis: axis, epsilon: epsilon, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      axis: try reader.axes(default: -1), epsilon: try reader.double("epsilon", default: 1e-6), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "scale · x / √(mean(x²) + epsilon)", example: "RMSNormalization()",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config { ["axis": JSONValue(axis.values.sorted()), "epsilon": .number(epsilon)] }

  public override func build(_ inputShape: [Int?]) throws {
    axes = try axis.resolved(rank: inputShape.count, layer: "\(name) (RMSNormalization), argument axis")
    scale = try addWeight("scale", shape: axis.weightExtents(of: inputShape, layer: name), initializer: .ones)
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let scale else { return input }
    let x = input.asType(input.dtype.promoted(with: .float32))
    let output = x.rootMeanSquareNormalized(axes: axes, epsilon: epsilon)
    // Keras multiplies by the scale as it is: over the last axes, whichever the mean was taken over.
    return (output * context[scale].asType(x.dtype)).asType(input.dtype)
  }
}
