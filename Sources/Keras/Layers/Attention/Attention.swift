import ModelFiles

/// Dot-product attention: `softmax(query · keyᵀ) · value`.
///
/// Inputs `[query, value]` or `[query, value, key]`: `[batch, Tq, d]`, `[batch, Tv, dv]`, `[batch, Tv, d]`; without a
/// key the value is the key. Output `[batch, Tq, dv]`. A mask of the values hides them, one of the queries zeroes
/// their output. Source: Luong et al. 2015, `keras.layers.Attention`.
///
/// ```swift
/// let context = Attention()([query, value])
/// ```
public final class Attention: BaseAttention, ConfigConstructible, @unchecked Sendable {
  public enum ScoreMode: String, Sendable, CaseIterable {
    /// q·k.
    case dot
    /// w · Σ tanh(q + k).
    case concat
  }

  public let scoreMode: ScoreMode
  public private(set) var scale: Variable?
  public private(set) var concatScoreWeight: Variable?

  /// - Parameters:
  ///   - useScale: whether a trained scalar scales the scores (inside the tanh with `.concat`).
  ///   - dropout: of the attention weights.
  public init(
    useScale: Bool = false, scoreMode: ScoreMode = .dot, dropout: Double = 0, seed: Int? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.scoreMode = scoreMode
    super.init(useScale: useScale, dropout: dropout, seed: seed, name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ useScale: Bool, scoreMode: ScoreMode = .dot, dropout: Double = 0, seed: Int? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(useScale: useScale, scoreMode: scoreMode, dropout: dropout, seed: seed, name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    scoreMode = try reader.choice("score_mode", default: .dot)
    super.init(
      useScale: try reader.bool("use_scale", default: false), dropout: try reader.double("dropout", default: 0),
      seed: try reader.optionalInt("seed"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .attention, "softmax(query · keyᵀ) · value", example: "Attention()([query, value])",
      arguments: [:], inputs: [[nil, 10, 8], [nil, 10, 8]])
  }

  public override var config: Config { super.config.merging(["score_mode": .string(scoreMode.rawValue)]) }

  public override func build(_ inputShape: [Int?]) throws {
    if useScale { scale = try addWeight("scale", shape: [], initializer: .ones) }
    if scoreMode == .concat { concatScoreWeight = try addWeight("concat_score_weight", shape: [], initializer: .ones) }
  }

  override func scores(_ query: Tensor, _ key: Tensor, _ context: CallContext) -> Tensor {
    let factor = scale.map { context[$0] }
    if let concatScoreWeight {
      let pairs = query.expandDims(-2) + key.expandDims(-3)
      return (factor.map { pairs * $0 } ?? pairs).tanh().sum(axis: [-1]) * context[concatScoreWeight]
    }
    let products = einsum("...qd,...kd->...qk", query, key)
    return factor.map { products * $0 } ?? products
  }
}
