import ModelFiles

/// Numbers as the index of the bin they lie in, or that index encoded. Bin i has the numbers from boundary i − 1 on to
/// below boundary i. Boundaries are given, or taken from data's quantiles by `adapt`.
/// Source: `keras.layers.Discretization`.
public final class Discretization: Layer, ConfigConstructible, @unchecked Sendable {
  /// Ascending; `nil` before `adapt`.
  public private(set) var binBoundaries: [Double]?
  public let numBins: Int?
  /// How exact the quantiles of `adapt` are: the fraction of the data that a step covers.
  public let epsilon: Double
  public let outputMode: CategoryOutput

  public init(
    binBoundaries: [Double]? = nil, numBins: Int? = nil, epsilon: Double = 0.01, outputMode: CategoryOutput = .int,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.binBoundaries = binBoundaries
    self.numBins = numBins
    self.epsilon = epsilon
    self.outputMode = outputMode
    super.init(name: name, dtype: dtype)
    if binBoundaries == nil, numBins == nil { reject("bin_boundaries", "or num_bins must be given") }
    requireSize("num_bins", numBins)
    if !(epsilon > 0 && epsilon <= 1) { reject("epsilon", "must be above 0 and at most 1, found \(epsilon)") }
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ binBoundaries: [Double]?, numBins: Int? = nil, epsilon: Double = 0.01, outputMode: CategoryOutput = .int,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(
      binBoundaries: binBoundaries, numBins: numBins, epsilon: epsilon, outputMode: outputMode, name: name,
      dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      binBoundaries: try reader.optionalDoubles("bin_boundaries"), numBins: try reader.optionalInt("num_bins"),
      epsilon: try reader.double("epsilon", default: 0.01), outputMode: try reader.choice("output_mode", default: .int),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "the bin that x lies in", example: "Discretization(binBoundaries: [0, 1, 2])",
      arguments: ["bin_boundaries": [0, 1, 2]], required: [], inputs: [[nil, 8]])
  }

  public override var config: Config {
    [
      "bin_boundaries": binBoundaries.map { .array($0.map { .number($0) }) } ?? nil, "num_bins": JSONValue(numBins),
      "epsilon": .number(epsilon), "output_mode": .string(outputMode.rawValue), "sparse": false,
    ]
  }
  public override var baseConfig: Config { ["name": .string(name), "dtype": .string(dtypePolicy.name)] }
  /// In Keras 2 the type is that of the bins' numbers.
  public override var autocast: Bool { dtypePolicy.computeDType.isFloatingPoint }

  /// Takes the boundaries from the data's quantiles.
  ///
  /// - Throws: `KerasError` where the boundaries were given, or the data is empty or not finite.
  public func adapt(_ data: Tensor) throws {
    guard let numBins else {
      throw KerasError(.invalidArgument, name, "has boundaries already and cannot adapt")
    }
    let values: [Float] = try data.scalars()
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else {
      throw KerasError(.invalidData, name, "can adapt to finite numbers only, and to at least one")
    }
    if let deferredError { throw deferredError }
    let summary = QuantileSummary(values, epsilon: epsilon).compressed(epsilon)
    binBoundaries = summary.compressed(1 / Double(numBins)).places.dropLast().map(Double.init)
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let binBoundaries else {
      return Tensor(failure: KerasError(.notReady, name, "has no boundaries yet: call adapt with data first"))
    }
    let boundaries = Tensor(binBoundaries, shape: [binBoundaries.count], dtype: .float32)
    let bins = input.digitize(boundaries)
    let dtype = outputMode == .int ? .int32 : dtypePolicy.computeDType
    return bins.encoded(outputMode, depth: binBoundaries.count + 1, dtype: dtype)
  }
}

/// Numbers of a sorted sample with how many elements each stands for.
private struct QuantileSummary {
  let places: [Float]
  let weights: [Double]

  init(places: [Float], weights: [Double]) {
    self.places = places
    self.weights = weights
  }

  init(_ values: [Float], epsilon: Double) {
    let sorted = values.sorted()
    let step = Swift.max(Double(sorted.count) * epsilon, 1)
    places = stride(from: Int(step - 1), to: sorted.count, by: Int(step)).map { sorted[$0] }
    weights = [Double](repeating: step, count: places.count)
  }

  /// At most 1 / `epsilon` numbers, at equal distances of weight.
  func compressed(_ epsilon: Double) -> QuantileSummary {
    guard Double(places.count) * epsilon >= 1, let first = weights.first else { return self }
    let sums = weights.dropFirst().reduce(into: [first]) { $0.append(($0.last ?? 0) + $1) }
    let total = sums.last ?? 1
    let fractions = sums.map { $0 / total }
    var newPlaces: [Float] = []
    var newWeights: [Double] = []
    var before = 0.0
    for step in 0..<Int((1 / epsilon).rounded(.up)) {
      let target = epsilon + Double(step) * epsilon
      newPlaces.append(Float(interpolate(target, fractions, places.map(Double.init))))
      let sum = interpolate(target, fractions, sums)
      newWeights.append(sum - before)
      before = sum
    }
    return QuantileSummary(places: newPlaces, weights: newWeights)
  }

  /// The value at `x` of the line through the points; the ends' values beyond them.
  private func interpolate(_ x: Double, _ xs: [Double], _ ys: [Double]) -> Double {
    guard let next = xs.firstIndex(where: { $0 >= x }) else { return ys[ys.count - 1] }
    guard next > 0, xs[next] > xs[next - 1] else { return ys[next] }
    return ys[next - 1] + (ys[next] - ys[next - 1]) * (x - xs[next - 1]) / (xs[next] - xs[next - 1])
  }
}
