import ModelFiles

/// What `MultiHeadAttention` and `GroupQueryAttention` share: projections of query, key and value to heads, scaled
/// dot-product attention in each, and a projection back.
public class ProjectedAttention: Layer, @unchecked Sendable {
  let options: AttentionOptions
  public internal(set) var queryDense: EinsumDense?
  public internal(set) var keyDense: EinsumDense?
  public internal(set) var gateDense: EinsumDense?
  public internal(set) var valueDense: EinsumDense?
  public internal(set) var outputDense: EinsumDense?
  private var generator: SeedGenerator?

  init(_ options: AttentionOptions, name: String?, dtype: DTypePolicy) {
    self.options = options
    super.init(name: name, dtype: dtype)
    if !(0...1).contains(options.dropout) {
      reject("dropout", "must be between 0 and 1, found \(options.dropout)")
    }
    if options.flashAttention, options.dropout > 0 {
      reject("dropout", "must be 0 with flash_attention, found \(options.dropout)")
    }
    requireSize("sliding_window", options.slidingWindow)
    if options.dropout > 0 { generator = addSeedGenerator(seed: options.seed) }
  }

  public override var config: Config { options.config }
  public override var supportsMasking: Bool { true }
  public override var inputNames: [String] { ["query", "value", "key"] }
  public override var argumentNames: [String] {
    [
      "query_mask", "value_mask", "key_mask", "attention_mask", "return_attention_scores", "training",
      "use_causal_mask",
    ]
  }

  /// What precedes the projections' names in files.
  var attributePrefix: String { "" }

  public override var sublayers: [(attribute: String, layer: Layer)] {
    let all: [(String, Layer?)] = [
      ("\(attributePrefix)query_dense", queryDense), ("\(attributePrefix)key_dense", keyDense),
      ("_gate_dense", gateDense), ("\(attributePrefix)value_dense", valueDense),
      ("\(attributePrefix)output_dense", outputDense),
    ]
    return all.compactMap { attribute, layer in layer.map { (attribute, $0) } }
  }

  /// A projection with the layer's initializers, regularizers and constraints, built for inputs of this shape.
  func project(
    _ name: String, _ equation: String, outputShape: [Int?], biasAxes: String, input: [Int?],
    activation: ActivationFunction = .linear
  ) throws -> EinsumDense {
    let layer = EinsumDense(
      equation, outputShape: outputShape, activation: activation, biasAxes: options.useBias ? biasAxes : nil,
      weights: options.weights, name: name, dtype: dtypePolicy.policy(at: "\(self.name)/\(name)"))
    try layer.buildIfNeeded(shapes: [input])
    return layer
  }

  /// The mask of the input at this position: the one that the call gives under this name, or the one it carries.
  func inputMask(_ position: Int, _ name: String, _ context: CallContext) -> Tensor? {
    context.tensors[name]?.first ?? (context.masks.count > position ? context.masks[position] : nil)
  }

  /// The masks of queries, values and keys, the one given for pairs, and those that the arguments ask for, as one.
  final func mask(_ query: Tensor, _ value: Tensor, _ context: CallContext) -> Tensor? {
    func input(_ position: Int, _ name: String) -> Tensor? { inputMask(position, name, context)?.asType(.bool) }
    let (queries, keys) = (query.shape.rank > 1 ? query.shape[1] : 1, value.shape.rank > 1 ? value.shape[1] : 1)
    return AttentionMask.all([
      context.tensors["attention_mask"]?.first?.asType(.bool), input(0, "query_mask")?.expandDims(-1),
      input(1, "value_mask")?.expandDims(-2), input(2, "key_mask")?.expandDims(-2),
      context.flag("use_causal_mask") ? AttentionMask.causal(queries, keys, context) : nil,
      options.slidingWindow.map { AttentionMask.sliding($0, queries, keys, context) },
    ])
  }

  /// softmax over the last `axisCount` axes of the scores. `mask` lacks their head axis or all before it.
  ///
  /// A query that sees no key gives all keys the same weight; where Keras goes through its softmax layer (with
  /// dropout, for calls that give the scores and for inputs of more than one time axis), 0; in Keras 2 never.
  func attentionWeights(_ scores: Tensor, _ mask: Tensor?, axisCount: Int, _ context: CallContext) -> Tensor {
    guard var mask else { return probabilities(scores, axisCount) }
    while mask.rank < scores.rank { mask = mask.expandDims(Swift.max(mask.rank - 2 * axisCount, 0)) }
    let low = scores.dtype == .float16 ? -3e4 : -1e9
    let weights = probabilities(`where`(mask, scores, Tensor(low, dtype: scores.dtype)), axisCount)
    let hasSoftmaxLayer = options.dropout > 0 || context.flag("return_attention_scores") || scores.rank != 4
    guard hasSoftmaxLayer, !options.isOfKeras2 else { return weights }
    return `where`(mask, weights, Tensor(0, dtype: weights.dtype)).masked(by: mask)
  }

  private func probabilities(_ scores: Tensor, _ axisCount: Int) -> Tensor {
    guard axisCount > 1 else { return scores.softmax() }
    let extents = scores.shape.dimensions
    let joined = Array(extents.dropLast(axisCount)) + [extents.suffix(axisCount).reduce(1, *)]
    return scores.reshape(joined).softmax().reshape(extents)
  }

  func dropped(_ weights: Tensor, _ context: CallContext) -> Tensor {
    guard context.training, let generator else { return weights }
    return context.dropout(weights, rate: options.dropout, generator)
  }

  /// The projection of attended values back, and the attention weights where the call asks for them.
  func results(_ attended: Tensor, _ weights: Tensor, query: Tensor, _ context: CallContext) -> [Tensor] {
    guard let outputDense else { return [attended] }
    if options.flashAttention, context.flag("return_attention_scores") {
      return [rejected(name, "flash_attention cannot give the attention scores")]
    }
    let gated = gateDense.map { attended * $0(query, training: context.training) } ?? attended
    let output = outputDense(gated, training: context.training)
    return context.flag("return_attention_scores") ? [output, weights] : [output]
  }

  // MARK: Calls

  /// Attention of `query` to `value`.
  ///
  /// - Parameters:
  ///   - key: the value by default.
  ///   - attentionMask: bool `[batch, queries, keys]` (or broadcasting to the scores): false hides a key from a query.
  ///   - useCausalMask: whether query i sees only the keys up to i.
  public func callAsFunction(
    _ query: Tensor, _ value: Tensor, key: Tensor? = nil, attentionMask: Tensor? = nil, useCausalMask: Bool = false,
    training: Bool? = nil
  ) -> Tensor {
    single(apply(arguments(query, value, key, attentionMask, useCausalMask, scores: false), training: training))
  }

  /// Output and attention weights, `[batch, heads, queries, keys]`.
  public func callWithScores(
    _ query: Tensor, _ value: Tensor, key: Tensor? = nil, attentionMask: Tensor? = nil, useCausalMask: Bool = false,
    training: Bool? = nil
  ) -> (output: Tensor, scores: Tensor) {
    let results = apply(
      arguments(query, value, key, attentionMask, useCausalMask, scores: true), training: training)
    return (single(results), results.last ?? single(results))
  }

  private func arguments(
    _ query: Tensor, _ value: Tensor, _ key: Tensor?, _ mask: Tensor?, _ useCausalMask: Bool, scores: Bool
  ) -> CallArguments {
    var keyword: [String: Argument] = [:]
    if let mask { keyword["attention_mask"] = .tensor(mask) }
    if useCausalMask { keyword["use_causal_mask"] = .value(true) }
    if scores { keyword["return_attention_scores"] = .value(true) }
    return CallArguments([query, value, key].compactMap { $0 }.map(Argument.tensor), keyword: keyword)
  }
}

/// The arguments that the attention layers with projections share.
struct AttentionOptions: Sendable {
  var dropout = 0.0
  var useBias = true
  var useGate = false
  var slidingWindow: Int?
  var flashAttention = false
  var seed: Int?
  /// Whether masks count as they did in Keras 2.
  var isOfKeras2 = false
  /// The activity regularizer among them is that of the projections.
  var weights = WeightOptions()

  var config: Config {
    let own: Config = [
      "dropout": .number(dropout), "use_bias": .bool(useBias), "use_gate": .bool(useGate),
      "sliding_window": JSONValue(slidingWindow), "seed": JSONValue(seed),
    ]
    return own.merging(weights.config)
  }
}

extension AttentionOptions {
  init(_ reader: ConfigReader) throws {
    dropout = try reader.double("dropout", default: 0)
    useBias = try reader.bool("use_bias", default: true)
    useGate = try reader.bool("use_gate", default: false)
    slidingWindow = try reader.optionalInt("sliding_window")
    flashAttention = try reader.bool("flash_attention", default: false)
    seed = try reader.optionalInt("seed")
    isOfKeras2 = reader.config["softmax_robust_masking"] != nil
    weights = try WeightOptions(reader)
  }
}
