import ModelFiles

/// What `Attention` and `AdditiveAttention` share: scores of each query with each key, softmax, and the values'
/// average with these weights.
public class BaseAttention: Layer, @unchecked Sendable {
  public let useScale: Bool
  public let dropout: Double
  public let seed: Int?
  private var generator: SeedGenerator?

  init(useScale: Bool, dropout: Double, seed: Int?, name: String?, dtype: DTypePolicy) {
    self.useScale = useScale
    self.dropout = dropout
    self.seed = seed
    super.init(name: name, dtype: dtype)
    if !(0...1).contains(dropout) { reject("dropout", "must be between 0 and 1, found \(dropout)") }
    if dropout > 0 { generator = addSeedGenerator(seed: seed) }
  }

  public override var config: Config {
    ["use_scale": .bool(useScale), "dropout": .number(dropout), "seed": JSONValue(seed)]
  }

  public override var supportsMasking: Bool { true }
  public override var argumentNames: [String] {
    ["mask", "training", "return_attention_scores", "use_causal_mask"]
  }

  public override func build(inputShapes: [[Int?]]) throws {
    guard (2...3).contains(inputShapes.count) else {
      throw KerasError(
        .invalidArgument, name, "takes a list [query, value] or [query, value, key], found \(inputShapes.count) tensors"
      )
    }
    try super.build(inputShapes: inputShapes)
  }

  /// Scores `[batch, queries, keys]`.
  func scores(_ query: Tensor, _ key: Tensor, _ context: CallContext) -> Tensor { query }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard inputs.count >= 2 else { return [rejected(name, "takes a list [query, value] or [query, value, key]")] }
    let (query, value) = (inputs[0], inputs[1])
    let raw = scores(query, inputs.count > 2 ? inputs[2] : value, context)
    let valueMask = (context.masks.count > 1 ? context.masks[1] : nil)?.asType(.bool).expandDims(-2)
    let causal = context.flag("use_causal_mask") ? AttentionMask.causal(raw.shape[-2], raw.shape[-1], context) : nil
    let probabilities =
      AttentionMask.all([valueMask, causal]).map { visible in
        // Where no key is visible the distance keeps the scores' differences, as Keras does.
        `where`(visible, raw, raw - (raw.dtype == .float16 ? 65504 : 1e9)).softmax()
      } ?? raw.softmax()
    var weights = probabilities
    if context.training, let generator { weights = context.dropout(weights, rate: dropout, generator) }
    var output = weights.matmul(value)
    if let queryMask = context.masks.first ?? nil {
      output = `where`(queryMask.asType(.bool).expandDims(-1), output, Tensor(0, dtype: output.dtype))
    }
    return context.flag("return_attention_scores") ? [output, weights] : [output]
  }

  /// Calls the layer on `[query, value]` or `[query, value, key]`.
  ///
  /// - Parameters:
  ///   - mask: the queries' and the values' masks, bool `[batch, time]`; those the inputs carry by default.
  ///   - useCausalMask: whether query i sees only the keys up to i.
  public func callAsFunction(
    _ inputs: [Tensor], mask: [Tensor?]? = nil, useCausalMask: Bool, training: Bool? = nil
  ) -> Tensor {
    single(apply(arguments(inputs, mask, useCausalMask, scores: false), training: training))
  }

  /// Output and attention weights `[batch, queries, keys]`.
  public func callWithScores(
    _ inputs: [Tensor], mask: [Tensor?]? = nil, useCausalMask: Bool = false, training: Bool? = nil
  ) -> (output: Tensor, scores: Tensor) {
    let results = apply(arguments(inputs, mask, useCausalMask, scores: true), training: training)
    return (single(results), results.last ?? single(results))
  }

  private func arguments(_ inputs: [Tensor], _ mask: [Tensor?]?, _ useCausalMask: Bool, scores: Bool) -> CallArguments {
    var keyword: [String: Argument] = [
      "use_causal_mask": .value(.bool(useCausalMask)), "return_attention_scores": .value(.bool(scores)),
    ]
    if let mask { keyword["mask"] = .list(mask.map { $0.map(Argument.tensor) ?? .value(nil) }) }
    return CallArguments([.list(inputs.map(Argument.tensor))], keyword: keyword)
  }
}
