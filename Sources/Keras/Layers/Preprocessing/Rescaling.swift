import ModelFiles

/// x · scale + offset, with one number for all or one for each channel. Output shape is the input's.
/// Source: `keras.layers.Rescaling`.
///
/// ```swift
/// let y = Rescaling(scale: 1.0 / 255)(image)
/// ```
public final class Rescaling: Layer, ConfigConstructible, @unchecked Sendable {
  public let scale: [Double]
  public let offset: [Double]
  private let written: Config

  public convenience init(scale: Double, offset: Double = 0, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(
      [scale], [offset], ["scale": .number(scale), "offset": .number(offset)], name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ scale: Double, offset: Double = 0, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(scale: scale, offset: offset, name: name, dtype: dtype)
  }

  /// One scale and offset for each place of the last axis.
  public convenience init(scale: [Double], offset: [Double], name: String? = nil, dtype: DTypePolicy = .float32) {
    let config: Config = [
      "scale": .array(scale.map { .number($0) }), "offset": .array(offset.map { .number($0) }),
    ]
    self.init(scale, offset, config, name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ scale: [Double], offset: [Double], name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(scale: scale, offset: offset, name: name, dtype: dtype)
  }

  private init(_ scale: [Double], _ offset: [Double], _ config: Config, name: String?, dtype: DTypePolicy) {
    self.scale = scale
    self.offset = offset
    written = config
    super.init(name: name, dtype: dtype)
    if scale.isEmpty || offset.isEmpty { reject("scale", "must not be an empty list") }
  }

  public convenience init(from reader: ConfigReader) throws {
    guard let scale = try reader.optionalDoubles("scale") else { throw reader.error("scale", "is missing") }
    let offset = try reader.optionalDoubles("offset") ?? [0]
    self.init(
      scale, offset, ["scale": reader.value("scale") ?? nil, "offset": reader.value("offset") ?? 0], name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x · scale + offset", example: "Rescaling(scale: 1.0 / 255)",
      arguments: ["scale": 0.5], inputs: [[nil, 28, 28, 3]])
  }

  public override var config: Config { written }
  public override var supportsMasking: Bool { true }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    let x = input.asType(dtypePolicy.computeDType)
    func factor(_ values: [Double]) -> Tensor {
      Tensor(values, shape: values.count == 1 ? .scalar : [values.count], dtype: x.dtype)
    }
    return x * factor(scale) + factor(offset)
  }
}
