import Graph
import ModelFiles

/// (x − mean) / √variance, with statistics for each place of the kept axes: given, or learnt from data by `adapt`.
///
/// Weights, unless the statistics are given: `mean`, `variance`, `count`; none is trained. Output shape is the input's.
/// Source: `keras.layers.Normalization`.
///
/// ```swift
/// let normalize = Normalization()
/// try normalize.adapt(features)
/// let y = normalize(features)
/// ```
public final class Normalization: Layer, ConfigConstructible, @unchecked Sendable {
  /// The axes that keep statistics of their own.
  public let axis: [Int]
  /// Whether to compute x · √variance + mean instead.
  public let invert: Bool
  private let given: (mean: JSONValue, variance: JSONValue)?
  private var statistics: (mean: Variable, variance: Variable)?
  private var keptAxes: [Int] = []

  /// - Parameter axis: no axis means one mean and variance for everything.
  public convenience init(
    axis: [Int] = [-1], invert: Bool = false, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(axis, nil, invert, name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ axis: [Int], invert: Bool = false, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(axis: axis, invert: invert, name: name, dtype: dtype)
  }

  /// With known statistics, one for each place of the axis.
  public convenience init(
    axis: Int = -1, mean: [Double], variance: [Double], invert: Bool = false, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    let values = (JSONValue.array(mean.map { .number($0) }), JSONValue.array(variance.map { .number($0) }))
    self.init([axis], values, invert, name: name, dtype: dtype)
    if mean.count != variance.count { reject("variance", "must have as many values as mean") }
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ axis: Int, mean: [Double], variance: [Double], invert: Bool = false, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(axis: axis, mean: mean, variance: variance, invert: invert, name: name, dtype: dtype)
  }

  private init(
    _ axis: [Int], _ given: (mean: JSONValue, variance: JSONValue)?, _ invert: Bool, name: String?, dtype: DTypePolicy
  ) {
    self.axis = axis
    self.given = given
    self.invert = invert
    super.init(name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    let (mean, variance) = (reader.value("mean"), reader.value("variance"))
    guard (mean == nil) == (variance == nil) else {
      throw reader.error("mean", "and variance must be given together")
    }
    self.init(
      reader.config["axis"] == nil ? [-1] : try reader.optionalInts("axis") ?? [],
      mean.flatMap { mean in variance.map { (mean, $0) } }, try reader.bool("invert", default: false),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "(x − mean) / √variance", example: "Normalization()",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config {
    [
      "axis": JSONValue(axis), "invert": .bool(invert), "mean": given?.mean ?? nil, "variance": given?.variance ?? nil,
    ]
  }
  public override var supportsMasking: Bool { true }

  public override func build(_ inputShape: [Int?]) throws {
    var kept: Set<Int> = []
    for place in axis {
      let index = place < 0 ? place + inputShape.count : place
      guard inputShape.indices.contains(index) else {
        throw KerasError(
          .invalidArgument, "\(name) (Normalization), argument axis",
          "\(place) does not exist in an input of shape \(describe(inputShape))")
      }
      guard inputShape[index] != nil else {
        throw KerasError(.incompatibleShape, name, "needs to know axis \(place), found \(describe(inputShape))")
      }
      kept.insert(index)
    }
    keptAxes = kept.sorted()
    guard given == nil else { return }
    let shape = keptAxes.compactMap { inputShape[$0] }
    statistics = (
      try addWeight("mean", shape: shape, initializer: .zeros, trainable: false),
      try addWeight("variance", shape: shape, initializer: .ones, trainable: false)
    )
    try addWeight("count", shape: [], initializer: .zeros, dtype: .int32, trainable: false)
  }

  /// Learns mean and variance from data.
  ///
  /// - Throws: `KerasError` where the statistics were given to the initializer, or the data does not fit.
  public func adapt(_ data: Tensor) throws {
    guard given == nil else {
      throw KerasError(.invalidArgument, name, "has a mean and variance already and cannot adapt")
    }
    try buildIfNeeded(shapes: [[nil] + data.partialShape.dropFirst()])
    guard let statistics else { return }
    let reduced = (0..<data.rank).filter { !keptAxes.contains($0) }
    try statistics.mean.assign(data.mean(axis: reduced))
    try statistics.variance.assign(data.variance(axis: reduced))
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    let x = input.asType(dtypePolicy.computeDType)
    do {
      let (mean, variance) = try current(context, x)
      let deviation = variance.sqrt().maximum(epsilon)
      return invert ? mean + x * deviation : (x - mean) / deviation
    } catch {
      return Tensor(failure: KerasError(wrapping: error, subject: name))
    }
  }

  /// Mean and variance, shaped to broadcast over the input.
  private func current(_ context: CallContext, _ x: Tensor) throws -> (Tensor, Tensor) {
    let shape = (0..<x.rank).map { keptAxes.contains($0) ? x.shape[$0] : 1 }
    if let statistics { return (context[statistics.mean].reshape(shape), context[statistics.variance].reshape(shape)) }
    func constant(_ value: JSONValue) throws -> Tensor {
      let tensor = try Tensor(serialized: value, of: name).asType(x.dtype)
      guard tensor.rank > 0 else { return tensor }
      var placed = [Int](repeating: 1, count: x.rank)
      for (extent, axis) in zip(tensor.shape.dimensions.reversed(), keptAxes.reversed()) { placed[axis] = extent }
      return tensor.reshape(placed)
    }
    guard let given else { throw KerasError(.notReady, name, "has no mean and variance yet") }
    return (try constant(given.mean), try constant(given.variance))
  }
}
