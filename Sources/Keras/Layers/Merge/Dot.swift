import ModelFiles

/// Products of two tensors summed along one axis of each, sample by sample: `[batch, a…, k]` and `[batch, k, b…]`
/// give `[batch, a…, b…]`, two vectors `[batch, 1]`. Source: `keras.layers.Dot`.
///
/// ```swift
/// let similarity = Dot(axes: 1, normalize: true)([query, document])
/// ```
public final class Dot: Layer, ConfigConstructible, @unchecked Sendable {
  /// The axis of each input, the batch being axis 0.
  public let axes: (Int, Int)
  /// Whether both inputs are first divided by their norm along their axis.
  public let normalize: Bool
  private let isPair: Bool

  public convenience init(
    axes: Int, normalize: Bool = false, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(axes: (axes, axes), isPair: false, normalize: normalize, name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ axes: Int, normalize: Bool = false, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(axes: axes, normalize: normalize, name: name, dtype: dtype)
  }

  public convenience init(
    axes: (Int, Int), normalize: Bool = false, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(axes: axes, isPair: true, normalize: normalize, name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ axes: (Int, Int), normalize: Bool = false, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(axes: axes, normalize: normalize, name: name, dtype: dtype)
  }

  private init(axes: (Int, Int), isPair: Bool, normalize: Bool, name: String?, dtype: DTypePolicy) {
    self.axes = axes
    self.isPair = isPair
    self.normalize = normalize
    super.init(name: name, dtype: dtype)
    if axes.0 == 0 || axes.1 == 0 { reject("axes", "must not be 0, the batch") }
  }

  public convenience init(from reader: ConfigReader) throws {
    guard let axes = try reader.optionalInts("axes"), (1...2).contains(axes.count) else {
      throw reader.error("axes", "must be one or two integers")
    }
    self.init(
      axes: (axes[0], axes[axes.count - 1]), isPair: reader.value("axes")?.array != nil,
      normalize: try reader.bool("normalize", default: false), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .merge, "Σ a · b along one axis of each", example: "Dot(axes: 1)([a, b])",
      arguments: ["axes": 1], inputs: [[nil, 8], [nil, 8]])
  }

  public override var config: Config {
    [
      "axes": isPair ? JSONValue([axes.0, axes.1]) : JSONValue(axes.0), "normalize": .bool(normalize),
    ]
  }
  public override var supportsMasking: Bool { true }
  public override func computeMask(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [nil] }

  public override func build(inputShapes: [[Int?]]) throws { try check(inputShapes) }

  private func check(_ inputShapes: [[Int?]]) throws {
    guard inputShapes.count == 2 else {
      throw KerasError(.invalidArgument, name, "takes exactly 2 inputs, found \(inputShapes.count)")
    }
    let (a, b) = (inputShapes[0], inputShapes[1])
    let (i, j) = (axes.0 < 0 ? axes.0 + a.count : axes.0, axes.1 < 0 ? axes.1 + b.count : axes.1)
    guard a.count >= 2, b.count >= 2, i > 0, j > 0, i < a.count, j < b.count, mayAgree(a[i], b[j]) else {
      throw KerasError(
        .incompatibleShape, name,
        "axes \(axes.0) and \(axes.1) of inputs of shapes \(describe(a)) and \(describe(b)) do not fit each other")
    }
  }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    do { try check(inputs.map(\.partialShape)) } catch {
      return [Tensor(failure: KerasError(wrapping: error, subject: name))]
    }
    var (a, b) = (inputs[0], inputs[1])
    let (i, j) = (axes.0 < 0 ? axes.0 + a.rank : axes.0, axes.1 < 0 ? axes.1 + b.rank : axes.1)
    if normalize {
      a = a.normalize(axis: i)
      b = b.normalize(axis: j)
    }
    let free =
      Array(1..<a.rank).filter { $0 != i }.map { a.shape[$0] } + (1..<b.rank).filter { $0 != j }.map { b.shape[$0] }
    let rows = a.transpose([0] + (1..<a.rank).filter { $0 != i } + [i]).reshape([a.shape[0], -1, a.shape[i]])
    let columns = b.transpose([0, j] + (1..<b.rank).filter { $0 != j }).reshape([b.shape[0], b.shape[j], -1])
    return [rows.matmul(columns).reshape([a.shape[0]] + (free.isEmpty ? [1] : free))]
  }
}

/// Products of two tensors summed along one axis of each. See `Dot`.
public func dot(_ inputs: [Tensor], axes: Int, normalize: Bool = false, name: String? = nil) -> Tensor {
  Dot(axes: axes, normalize: normalize, name: name)(inputs)
}
