import ModelFiles

/// The general rectifier: x from `threshold` on and at most `maxValue`; below it `negativeSlope` · (x − threshold).
/// Output shape is the input's. Source: `keras.layers.ReLU`.
///
/// ```swift
/// let y = ReLU(maxValue: 6)(x)
/// ```
public final class ReLU: Layer, ConfigConstructible, @unchecked Sendable {
  public let maxValue: Double?
  public let negativeSlope: Double
  public let threshold: Double

  public init(
    maxValue: Double? = nil, negativeSlope: Double = 0, threshold: Double = 0, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.maxValue = maxValue
    self.negativeSlope = negativeSlope
    self.threshold = threshold
    super.init(name: name, dtype: dtype)
    if let maxValue, !(maxValue >= 0) { reject("max_value", "must not be negative, found \(maxValue)") }
    if !(negativeSlope >= 0) { reject("negative_slope", "must not be negative, found \(negativeSlope)") }
    if !(threshold >= 0) { reject("threshold", "must not be negative, found \(threshold)") }
    built = true
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ maxValue: Double?, negativeSlope: Double = 0, threshold: Double = 0, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(maxValue: maxValue, negativeSlope: negativeSlope, threshold: threshold, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      maxValue: try reader.optionalDouble("max_value"), negativeSlope: try reader.double("negative_slope", default: 0),
      threshold: try reader.double("threshold", default: 0), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x from threshold to maxValue, negativeSlope · (x − threshold) below", example: "ReLU(maxValue: 6)",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config {
    [
      "max_value": JSONValue(maxValue), "negative_slope": .number(negativeSlope), "threshold": .number(threshold),
    ]
  }
  public override var supportsMasking: Bool { true }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    input.relu(negativeSlope: negativeSlope, maxValue: maxValue, threshold: threshold)
  }
}
