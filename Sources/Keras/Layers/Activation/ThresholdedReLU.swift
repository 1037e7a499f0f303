import ModelFiles

/// x above `theta`, else 0. Output shape is the input's. Source: `ThresholdedReLU` of Keras 2; Keras 3 has
/// `ReLU(threshold:)` in its place.
public final class ThresholdedReLU: Layer, ConfigConstructible, @unchecked Sendable {
  public let theta: Double

  public init(theta: Double = 1, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.theta = theta
    super.init(name: name, dtype: dtype)
    if !(theta >= 0) { reject("theta", "must not be negative, found \(theta)") }
    built = true
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ theta: Double, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(theta: theta, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(theta: try reader.double("theta", default: 1), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x above theta, else 0 (of Keras 2)", example: "ThresholdedReLU()",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config { ["theta": .number(theta)] }
  public override var supportsMasking: Bool { true }
  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    input.relu(negativeSlope: 0, threshold: theta)
  }
}
