import ModelFiles

/// exp(x) / Σ exp(x) along one or several axes. Places where a given mask is false count as −∞ and become 0.
/// Output shape is the input's. Source: `keras.layers.Softmax`.
public final class Softmax: Layer, ConfigConstructible, @unchecked Sendable {
  /// The axes that the exponentials are summed over.
  public let axes: [Int]
  private let isList: Bool
  /// Whether places of which a mask hides all share the sum, as in Keras 2.
  private let isOfKeras2: Bool

  public convenience init(axis: Int = -1, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(axes: [axis], isList: false, isOfKeras2: false, name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ axis: Int, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(axis: axis, name: name, dtype: dtype)
  }

  public convenience init(axes: [Int], name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(axes: axes, isList: true, isOfKeras2: false, name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ axes: [Int], name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(axes: axes, name: name, dtype: dtype)
  }

  private init(axes: [Int], isList: Bool, isOfKeras2: Bool, name: String?, dtype: DTypePolicy) {
    self.axes = axes
    self.isOfKeras2 = isOfKeras2
    self.isList = isList
    super.init(name: name, dtype: dtype)
    if axes.isEmpty { reject("axis", "must name at least one axis") }
    built = true
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      axes: try reader.optionalInts("axis") ?? [-1], isList: reader.value("axis")?.array != nil,
      isOfKeras2: reader.config["robust_masking"] != nil, name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "exp(x) / Σ exp(x)", example: "Softmax()",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config { ["axis": isList ? JSONValue(axes) : JSONValue(axes.first)] }
  public override var supportsMasking: Bool { true }
  public override var argumentNames: [String] { ["mask"] }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let mask = context.masks.first ?? nil else { return probabilities(input) }
    guard mask.rank <= input.rank else {
      return rejected(name, "a mask of shape \(mask.shape) does not fit an input of shape \(input.shape)")
    }
    let counts = mask.dtype == .bool ? mask : mask.greater(0.5)
    let low = Tensor(input.dtype == .float16 ? -3e4 : -1e9, dtype: input.dtype)
    let visible = probabilities(`where`(counts, input, low))
    return isOfKeras2 ? visible : `where`(counts, visible, Tensor(0, dtype: input.dtype))
  }

  private func probabilities(_ x: Tensor) -> Tensor {
    axes.count == 1 ? x.softmax(axis: axes[0]) : (x - x.logSumExp(axis: axes, keepDims: true)).exp()
  }
}
