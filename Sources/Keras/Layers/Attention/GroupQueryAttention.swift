import ModelFiles

/// Multi-head attention in which groups of query heads share one key and value head.
///
/// Query `[batch, Tq, d]`, value and key `[batch, Tv, …]`; output `[batch, Tq, d]`; scores `[batch, heads, Tq, Tv]`.
/// Source: Ainslie et al. 2023, `keras.layers.GroupQueryAttention`.
///
/// ```swift
/// let y = GroupQueryAttention(headDim: 64, numQueryHeads: 8, numKeyValueHeads: 2)(x, x)
/// ```
public final class GroupQueryAttention: ProjectedAttention, ConfigConstructible, @unchecked Sendable {
  public override class var pythonName: String { "GroupedQueryAttention" }
  override var attributePrefix: String { "_" }
  public let headDim: Int
  public let numQueryHeads: Int
  public let numKeyValueHeads: Int

  /// - Parameters:
  ///   - headDim: size of a head's queries, keys and values.
  ///   - numQueryHeads: a multiple of `numKeyValueHeads`.
  ///   - dropout: of the attention weights.
  ///   - slidingWindow: queries see only keys less than this far away.
  ///   - useGate: whether `sigmoid(q·Wg + bg)` multiplies the heads' results.
  public init(
    headDim: Int, numQueryHeads: Int, numKeyValueHeads: Int, dropout: Double = 0, useBias: Bool = true,
    slidingWindow: Int? = nil, flashAttention: Bool = false, kernelInitializer: any Initializer = .glorotUniform,
    biasInitializer: any Initializer = .zeros, kernelRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil, useGate: Bool = false,
    seed: Int? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.headDim = headDim
    self.numQueryHeads = numQueryHeads
    self.numKeyValueHeads = numKeyValueHeads
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

  /// The same with the first three arguments by position, as in Python.
  public convenience init(
    _ headDim: Int, _ numQueryHeads: Int, _ numKeyValueHeads: Int, dropout: Double = 0, useBias: Bool = true,
    slidingWindow: Int? = nil, flashAttention: Bool = false, kernelInitializer: any Initializer = .glorotUniform,
    biasInitializer: any Initializer = .zeros, kernelRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil, useGate: Bool = false,
    seed: Int? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(
      headDim: headDim, numQueryHeads: numQueryHeads, numKeyValueHeads: numKeyValueHeads, dropout: dropout,
      useBias: useBias, slidingWindow: slidingWindow, flashAttention: flashAttention,
      kernelInitializer: kernelInitializer, biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
      biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer, kernelConstraint: kernelConstraint,
      biasConstraint: biasConstraint, useGate: useGate, seed: seed, name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    headDim = try reader.int("head_dim")
    numQueryHeads = try reader.int("num_query_heads")
    numKeyValueHeads = try reader.int("num_key_value_heads")
    super.init(try AttentionOptions(reader), name: reader.name, dtype: try reader.dtypePolicy())
    checkSizes()
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "multi-head attention in which groups of query heads share a key and value head",
      example: "GroupQueryAttention(headDim: 64, numQueryHeads: 8, numKeyValueHeads: 2)(x, x)",
      arguments: ["head_dim": 64, "num_query_heads": 8, "num_key_value_heads": 2],
      inputs: [[nil, 10, 8], [nil, 10, 8]])
  }

  private func checkSizes() {
    let sizes = [
      ("head_dim", headDim), ("num_query_heads", numQueryHeads), ("num_key_value_heads", numKeyValueHeads),
    ]
    for (argument, size) in sizes { requireSize(argument, size) }
    if numKeyValueHeads > 0, numQueryHeads % numKeyValueHeads != 0 {
      reject(
        "num_query_heads",
        "must be a multiple of num_key_value_heads, found \(numQueryHeads) and \(numKeyValueHeads)")
    }
  }

  public override var config: Config {
    super.config.merging([
      "head_dim": JSONValue(headDim), "num_query_heads": JSONValue(numQueryHeads),
      "num_key_value_heads": JSONValue(numKeyValueHeads),
    ])
  }

  public override func build(inputShapes: [[Int?]]) throws {
    guard inputShapes.count >= 2, inputShapes.allSatisfy({ $0.count == 3 }) else {
      throw KerasError(
        .incompatibleShape, name,
        "takes query, value and, if it differs, key, of 3 axes each; found "
          + inputShapes.map { describe($0) }.joined(separator: ", "))
    }
    let (query, value) = (inputShapes[0], inputShapes[1])
    let shared = [nil, numKeyValueHeads, headDim]
    let own = [nil, numQueryHeads, headDim]
    queryDense = try project("query", "bqm,muh->bquh", outputShape: own, biasAxes: "uh", input: query)
    let key = inputShapes.count > 2 ? inputShapes[2] : value
    keyDense = try project("key", "bkm,mvh->bkvh", outputShape: shared, biasAxes: "vh", input: key)
    if options.useGate {
      gateDense = try project(
        "gate", "bqm,muh->bquh", outputShape: own, biasAxes: "uh", input: query, activation: .sigmoid)
    }
    valueDense = try project("value", "bkm,mvh->bkvh", outputShape: shared, biasAxes: "vh", input: value)
    outputDense = try project(
      "attention_output", "bquh,uhm->bqm", outputShape: [nil, query[2]], biasAxes: "m",
      input: [nil, nil, numQueryHeads, headDim])
  }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard inputs.count >= 2, let queryDense, let keyDense, let valueDense else { return inputs }
    let (query, value) = (inputs[0], inputs[1])
    let key = inputs.count > 2 ? inputs[2] : value
    let training = context.training
    // Query head u belongs to key head u / group: a group is an axis of its own, so that no key is copied.
    let group = numQueryHeads / numKeyValueHeads
    let projected = queryDense(query, training: training) * (1 / Double(headDim).squareRoot())
    let (batch, queries, keys) = (query.shape[0], query.shape[1], value.shape[1])
    let grouped = projected.reshape([batch, queries, numKeyValueHeads, group, headDim])
    let products = einsum("bqvgh,bkvh->bvgqk", grouped, keyDense(key, training: training))
    let scores = products.reshape([batch, numQueryHeads, queries, keys])
    let weights = attentionWeights(scores, mask(query, value, context), axisCount: 1, context)
    let groupedWeights = dropped(weights, context).reshape([batch, numKeyValueHeads, group, queries, keys])
    let attended = einsum("bvgqk,bkvh->bqvgh", groupedWeights, valueDense(value, training: training))
    return results(
      attended.reshape([batch, queries, numQueryHeads, headDim]), weights, query: query, context)
  }
}
