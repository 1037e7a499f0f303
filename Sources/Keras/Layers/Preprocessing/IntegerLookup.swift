import Graph
import ModelFiles

/// Integers as their places in a vocabulary, or these places encoded; with `invert` the other way round.
///
/// The places are: 0 for the mask token, if there is one and places are not encoded; then `numOOVIndices` for all
/// integers that are not in the vocabulary, by their remainder; then the vocabulary's. Without places for them, integers
/// that are not in the vocabulary give −1, and count nowhere; Keras stops there. Input: integers of any shape, for
/// encodings `[batch, n]`. Source: `keras.layers.IntegerLookup`.
public final class IntegerLookup: Layer, ConfigConstructible, @unchecked Sendable {
  /// How places become numbers.
  public enum Output: String, Sendable, CaseIterable {
    /// The place itself.
    case int
    /// 1 at the place, for each element.
    case oneHot = "one_hot"
    /// 1 for every place that occurs in a sample.
    case multiHot = "multi_hot"
    /// How often each place occurs in a sample.
    case count
    /// These counts, each times the place's weight.
    case tfIdf = "tf_idf"
  }

  /// The integers without mask and unknown ones, in order.
  public let vocabulary: [Int]
  public let maxTokens: Int?
  public let numOOVIndices: Int
  public let maskToken: Int?
  /// What `invert` gives for places without an integer.
  public let oovToken: Int
  public let invert: Bool
  public let outputMode: Output
  public let padToMaxTokens: Bool
  private let given: (vocabulary: [Int], weights: [Double]?)
  /// Of each place.
  private let placeWeights: [Double]
  /// Encodings are whole numbers in Keras 3; in Keras 2 they are in the layer's own type.
  private let encodedDType: DType?

  /// - Parameters:
  ///   - vocabulary: different integers; mask and unknown ones may stand in front.
  ///   - maxTokens: what `padToMaxTokens` pads encodings to.
  ///   - numOOVIndices: how many places there are for integers that are not in the vocabulary.
  ///   - maskToken: an integer that stands for nothing.
  ///   - idfWeights: of the vocabulary's integers, for `.tfIdf`.
  public convenience init(
    vocabulary: [Int], maxTokens: Int? = nil, numOOVIndices: Int = 1, maskToken: Int? = nil, oovToken: Int = -1,
    idfWeights: [Double]? = nil, invert: Bool = false, outputMode: Output = .int, padToMaxTokens: Bool = false,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(
      vocabulary, maxTokens, numOOVIndices, maskToken, oovToken, idfWeights, invert: invert, outputMode,
      padToMaxTokens: padToMaxTokens, encodedDType: .int64, name, dtype)
  }

  private init(
    _ vocabulary: [Int], _ maxTokens: Int?, _ numOOVIndices: Int, _ maskToken: Int?, _ oovToken: Int,
    _ idfWeights: [Double]?, invert: Bool, _ outputMode: Output, padToMaxTokens: Bool, encodedDType: DType?,
    _ name: String?, _ dtype: DTypePolicy
  ) {
    let unknown = [Int](repeating: oovToken, count: Swift.max(0, Swift.min(numOOVIndices, vocabulary.count)))
    let special = (outputMode == .int ? [maskToken].compactMap { $0 } : []) + unknown
    let hasSpecial = !special.isEmpty && vocabulary.starts(with: special)
    self.vocabulary = hasSpecial ? Array(vocabulary.dropFirst(special.count)) : vocabulary
    self.maxTokens = maxTokens
    self.numOOVIndices = numOOVIndices
    self.maskToken = maskToken
    self.oovToken = oovToken
    self.invert = invert
    self.outputMode = outputMode
    self.padToMaxTokens = padToMaxTokens
    self.encodedDType = encodedDType
    given = (vocabulary, idfWeights)
    let own = idfWeights ?? []
    let mean = own.isEmpty ? 0 : own.reduce(0, +) / Double(own.count)
    placeWeights = (hasSpecial ? [] : [Double](repeating: mean, count: Swift.max(0, special.count))) + own
    super.init(name: name, dtype: dtype)
    check()
    built = true
  }

  private func check() {
    if numOOVIndices < 0 { reject("num_oov_indices", "must not be negative, found \(numOOVIndices)") }
    if let maxTokens, maxTokens <= 1 { reject("max_tokens", "must be greater than 1, found \(maxTokens)") }
    if vocabulary.isEmpty { reject("vocabulary", "must not be empty") }
    if Set(vocabulary).count < vocabulary.count { reject("vocabulary", "holds an integer twice") }
    if let maskToken, vocabulary.contains(maskToken) {
      reject("vocabulary", "holds the mask token \(maskToken) behind its start")
    }
    if invert, vocabulary.contains(oovToken) {
      reject("vocabulary", "holds the unknown token \(oovToken) behind its start")
    }
    if let maxTokens, depth > maxTokens { reject("max_tokens", "is \(maxTokens), the vocabulary has \(depth) places") }
    if padToMaxTokens, maxTokens == nil { reject("pad_to_max_tokens", "needs max_tokens") }
    if invert, outputMode != .int { reject("output_mode", "must be int with invert") }
    if (outputMode == .tfIdf) != (given.weights != nil) {
      reject("idf_weights", outputMode == .tfIdf ? "is missing" : "needs the output mode tf_idf")
    } else if outputMode == .tfIdf, placeWeights.count != depth {
      reject("idf_weights", "must be as many as the vocabulary's integers")
    }
  }

  public convenience init(from reader: ConfigReader) throws {
    guard let vocabulary = try reader.optionalInts("vocabulary") else {
      throw reader.error(
        "vocabulary", "is missing: one that was adapted is not in a file's config, and is read from nowhere else yet")
    }
    for key in ["oov_method", "vocabulary_dtype", "salt"] {
      let only = ["oov_method": "floormod", "vocabulary_dtype": "int64"][key]
      if let value = reader.value(key), value.string != only || only == nil {
        throw reader.error(key, "has the value \(value), which has no equal here")
      }
    }
    // Older names.
    let modes = ["binary": Output.multiHot, "tf-idf": .tfIdf]
    let old = reader.value("output_mode")?.string.flatMap { modes[$0] }
    let mode = try old ?? reader.choice("output_mode", default: .int)
    self.init(
      vocabulary, try reader.optionalInt("max_tokens"), try reader.int("num_oov_indices", default: 1),
      try reader.optionalInt("mask_token"), try reader.int("oov_token", default: -1),
      try reader.optionalDoubles("idf_weights"), invert: try reader.bool("invert", default: false), mode,
      padToMaxTokens: try reader.bool("pad_to_max_tokens", default: false),
      encodedDType: reader.config["oov_method"] == nil ? nil : .int64, reader.name, try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "the place of x in a vocabulary", example: "IntegerLookup(vocabulary: [10, 20, 30])",
      arguments: ["vocabulary": [10, 20, 30]], required: [], inputs: [[nil, 8]])
  }

  public override var config: Config {
    [
      "invert": .bool(invert), "max_tokens": JSONValue(maxTokens), "num_oov_indices": JSONValue(numOOVIndices),
      "oov_token": JSONValue(oovToken), "mask_token": JSONValue(maskToken),
      "output_mode": .string(outputMode.rawValue), "sparse": false, "pad_to_max_tokens": .bool(padToMaxTokens),
      "vocabulary_dtype": "int64", "idf_weights": given.weights.map { .array($0.map { .number($0) }) } ?? nil,
      "vocabulary": JSONValue(given.vocabulary), "vocabulary_size": JSONValue(depth), "oov_method": "floormod",
      "salt": nil,
    ]
  }

  public override var autocast: Bool { false }

  private var hasMaskPlace: Bool { maskToken != nil && outputMode == .int }
  private var firstPlace: Int { (hasMaskPlace ? 1 : 0) + Swift.max(numOOVIndices, 0) }
  private var depth: Int { firstPlace + vocabulary.count }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    let x = input.asType(.int64)
    if invert { return tokens(x) }
    let places = places(x)
    let width = padToMaxTokens ? maxTokens ?? depth : depth
    let dtype = encodedDType ?? dtypePolicy.computeDType
    switch outputMode {
    case .int: return places
    case .oneHot: return places.encoded(.oneHot, depth: width, dtype: dtype)
    case .multiHot: return places.encoded(.multiHot, depth: width, dtype: dtype)
    case .count: return places.encoded(.count, depth: width, dtype: dtype)
    case .tfIdf:
      let type = dtypePolicy.computeDType
      let padded = placeWeights + [Double](repeating: 0, count: width - placeWeights.count)
      return places.encoded(.count, depth: width, dtype: type) * Tensor(padded, shape: [width], dtype: type)
    }
  }

  private func constant(_ value: Int) -> Tensor { Tensor([Int64(value)]).reshape([]) }

  private func places(_ x: Tensor) -> Tensor {
    let known = x.expandDims(-1).equal(Tensor(vocabulary.map(Int64.init)))
    let own = Tensor((0..<vocabulary.count).map { Int64(firstPlace + $0) })
    let found = `where`(known, own, constant(0)).sum(axis: [-1])
    let start = hasMaskPlace ? 1 : 0
    let unknown: Tensor
    switch numOOVIndices {
    case 0: unknown = constant(-1)
    case 1: unknown = constant(start)
    default: unknown = x.mod(constant(numOOVIndices)) + constant(start)
    }
    let places = `where`(known.any(axis: [-1]), found, unknown)
    guard let maskToken else { return places }
    return `where`(x.equal(constant(maskToken)), constant(hasMaskPlace ? 0 : -1), places)
  }

  private func tokens(_ places: Tensor) -> Tensor {
    let table = [maskToken].compactMap { $0 } + [Int](repeating: oovToken, count: numOOVIndices) + vocabulary
    let isKnown = places.greaterEqual(constant(0)).logicalAnd(places.less(constant(table.count)))
    let index = places.maximum(constant(0)).minimum(constant(table.count - 1))
    return `where`(isKnown, Tensor(table.map(Int64.init)).take(index, axis: 0), constant(oovToken))
  }
}
