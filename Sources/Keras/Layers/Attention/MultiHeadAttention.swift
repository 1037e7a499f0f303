import ModelFiles

/// Attention in several heads: `concat(headᵢ) · Wo + bo` with
/// `headᵢ = softmax(q·Wqᵢ (k·Wkᵢ)ᵀ / √keyDim) · v·Wvᵢ` (and the projections' biases).
///
/// Query `[batch, Tq, d]`, value and key `[batch, Tv, …]`; output `[batch, Tq, d]` or with `outputShape` in place of
/// `d`; scores `[batch, heads, Tq, Tv]`. The inputs' masks count, as do `attentionMask` and the causal one. As in
/// Keras, the output has the query's mask, and a call takes the masks off its inputs: what uses these after it sees
/// none. In files of Keras 2 they stay.
/// Source: Vaswani et al. 2017, `keras.layers.MultiHeadAttention`.
///
/// ```swift
/// let y = MultiHeadAttention(numHeads: 8, keyDim: 64)(x, x, useCausalMask: true)
/// ```
public final class MultiHeadAttention: ProjectedAttention, ConfigConstructible, @unchecked Sendable {
  public let numHeads: Int
  public let keyDim: Int
  public let valueDim: Int
  public let outputShape: [Int]?
  /// The axes that are attended over; all between the batch and the features by default.
  public private(set) var attentionAxes: [Int]?
  private var scoreEquation = ""
  private var combineEquation = ""

  /// - Parameters:
  ///   - keyDim: size of a head's queries and keys.
  ///   - valueDim: size of a head's values; `keyDim` by default.
  ///   - dropout: of the attention weights.
  ///   - outputShape: the output's extents after the time axes; the query's features by default.
  ///   - slidingWindow: queries see only keys less than this far away.
  ///   - useGate: whether `sigmoid(q·Wg + bg)` multiplies the heads' results.
  public init(
    numHeads: Int, keyDim: Int, valueDim: Int? = nil, dropout: Double = 0, useBias: Bool = true,
    outputShape: [Int]? = nil, attentionAxes: [Int]? = nil, slidingWindow: Int? = nil, flashAttention: Bool = false,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, useGate: Bool = false, seed: Int? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.numHeads = numHeads
    self.keyDim = keyDim
    self.valueDim = valueDim ?? keyDim
    self.outputShape = outputShape
    self.attentionAxes = attentionAxes
    super.init(
      AttentionOptions(
        dropout: dropout, useBias: useBias, useGate: useGate, slidingWindow: slidingWindow,
        flashAttention: flashAttention, seed: seed,
        weights: WeightOptions(
          kernelInitializer: kernelInitializer, biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
          biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
          kernelConstraint: kernelConstraint, biasConstraint: biasConstraint)),
      name: name, dtype: dtype)
    checkSizes()
  }

  /// The same with the first two arguments by position, as in Python.
  public convenience init(
    _ numHeads: Int, _ keyDim: Int, valueDim: Int? = nil, dropout: Double = 0, useBias: Bool = true,
    outputShape: [Int]? = nil, attentionAxes: [Int]? = nil, slidingWindow: Int? = nil, flashAttention: Bool = false,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, useGate: Bool = false, seed: Int? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(
      numHeads: numHeads, keyDim: keyDim, valueDim: valueDim, dropout: dropout, useBias: useBias,
      outputShape: outputShape, attentionAxes: attentionAxes, slidingWindow: slidingWindow,
      flashAttention: flashAttention, kernelInitializer: kernelInitializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
      kernelConstraint: kernelConstraint, biasConstraint: biasConstraint, useGate: useGate, seed: seed, name: name,
      dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    numHeads = try reader.int("num_heads")
    keyDim = try reader.int("key_dim")
    valueDim = try reader.int("value_dim", default: keyDim)
    outputShape = try reader.optionalInts("output_shape")
    attentionAxes = try reader.optionalInts("attention_axes")
    super.init(try AttentionOptions(reader), name: reader.name, dtype: try reader.dtypePolicy())
    checkSizes()
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .attention, "concat(softmax(q·Wq (k·Wk)ᵀ / √keyDim) · v·Wv of each head) · Wo + bo",
      example: "MultiHeadAttention(numHeads: 8, keyDim: 64)(x, x)",
      arguments: ["num_heads": 8, "key_dim": 64], inputs: [[nil, 10, 8], [nil, 10, 8]])
  }

  private func checkSizes() {
    for (argument, size) in [("num_heads", numHeads), ("key_dim", keyDim), ("value_dim", valueDim)] {
      requireSize(argument, size)
    }
    for size in outputShape ?? [] { requireSize("output_shape", size) }
  }

  public override var config: Config {
    super.config.merging([
      "num_heads": JSONValue(numHeads), "key_dim": JSONValue(keyDim), "value_dim": JSONValue(valueDim),
      "output_shape": JSONValue(outputShape), "attention_axes": JSONValue(attentionAxes),
    ])
  }

  public override func build(inputShapes: [[Int?]]) throws {
    guard inputShapes.count >= 2 else {
      throw KerasError(.invalidArgument, name, "takes query, value and, if it differs, key")
    }
    let (query, value) = (inputShapes[0], inputShapes[1])
    let key = inputShapes.count > 2 ? inputShapes[2] : value
    guard value.count == key.count, zip(value, key).dropFirst().dropLast().allSatisfy(mayAgree) else {
      throw KerasError(
        .incompatibleShape, name,
        "value and key must agree in all axes but the last, found \(describe(value)) and \(describe(key))")
    }
    guard query.count >= 3, value.count >= 3, query.count + 4 <= 20 else {
      throw KerasError(
        .incompatibleShape, name, "takes tensors of at least 3 axes, found \(describe(query)) and \(describe(value))")
    }
    func heads(_ name: String, _ shape: [Int?], _ size: Int, _ activation: ActivationFunction = .linear) throws
      -> EinsumDense
    {
      let equation = Self.projection(free: shape.count - 1, bound: 1, output: 2)
      return try project(
        name, equation.text, outputShape: shape.dropFirst().dropLast() + [numHeads, size], biasAxes: equation.biasAxes,
        input: shape, activation: activation)
    }
    queryDense = try heads("query", query, keyDim)
    keyDense = try heads("key", key, keyDim)
    if options.useGate { gateDense = try heads("gate", query, valueDim, .sigmoid) }
    valueDense = try heads("value", value, valueDim)
    try resolveAxes(rank: value.count + 1)
    let extents = outputShape.map { $0.map(Optional.some) } ?? [query.last ?? nil]
    let back = Self.projection(free: query.count - 1, bound: 2, output: extents.count)
    outputDense = try project(
      "attention_output", back.text, outputShape: query.dropFirst().dropLast() + extents, biasAxes: back.biasAxes,
      input: query.dropLast() + [numHeads, valueDim])
  }

  /// The equations of scores and combination for projected tensors of this rank.
  private func resolveAxes(rank: Int) throws {
    let axes = attentionAxes?.map { $0 < 0 ? $0 + rank - 1 : $0 } ?? Array((0..<rank).dropFirst().dropLast(2))
    guard Set(axes).count == axes.count, axes.allSatisfy({ $0 >= 1 && $0 < rank - 2 }), !axes.isEmpty else {
      throw KerasError(
        .invalidArgument, "\(name) (MultiHeadAttention), argument attention_axes",
        "must be axes between the batch and the features, found \(axes)")
    }
    attentionAxes = axes
    let target = Self.letters(0, rank)
    var source = target
    for (offset, axis) in axes.sorted().enumerated() { source[axis] = Self.letters(rank + offset, 1)[0] }
    let batch = (0..<rank).dropLast().filter { !axes.contains($0) }
    let product = batch.map { target[$0] } + axes.map { target[$0] } + axes.map { source[$0] }
    scoreEquation = "\(String(source)),\(String(target))->\(String(product))"
    combineEquation = "\(String(product)),\(String(source))->\(String(target))"
  }

  /// As in Keras, only the mask that the query carries counts, whatever the call gives as `query_mask`.
  override func inputMask(_ position: Int, _ name: String, _ context: CallContext) -> Tensor? {
    position > 0 ? super.inputMask(position, name, context) : context.masks.first ?? nil
  }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard inputs.count >= 2, let queryDense, let keyDense, let valueDense, let attentionAxes else { return inputs }
    let (query, value) = (inputs[0], inputs[1])
    let key = inputs.count > 2 ? inputs[2] : value
    let training = context.training
    let visible = mask(query, value, context)
    if !options.isOfKeras2 { for input in inputs { input.dropMask() } }
    let scaled = queryDense(query, training: training) * (1 / Double(keyDim).squareRoot())
    let scores = einsum(scoreEquation, keyDense(key, training: training), scaled)
    let weights = attentionWeights(scores, visible, axisCount: attentionAxes.count, context)
    let attended = einsum(combineEquation, dropped(weights, context), valueDense(value, training: training))
    return results(attended, weights, query: query, context)
  }

  private static func letters(_ start: Int, _ count: Int) -> [Character] {
    (start..<(start + count)).map { Character(Unicode.Scalar(UInt8(97 + $0))) }
  }

  /// The equation that contracts `bound` axes after `free` ones and appends `output` new ones, which the bias has.
  private static func projection(free: Int, bound: Int, output: Int) -> (text: String, biasAxes: String) {
    let (kept, summed) = (letters(0, free), letters(free, bound))
    let new = letters(free + bound, output)
    return ("\(String(kept + summed)),\(String(summed + new))->\(String(kept + new))", String(new))
  }
}
