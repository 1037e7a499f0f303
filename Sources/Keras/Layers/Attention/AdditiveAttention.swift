import ModelFiles

/// Additive attention: `softmax(Σ scale · tanh(query + key)) · value`.
///
/// Inputs `[query, value]` or `[query, value, key]`: `[batch, Tq, d]`, `[batch, Tv, d]`, `[batch, Tv, d]`; output
/// `[batch, Tq, d]`. Masks as in `Attention`. Source: Bahdanau et al. 2015, `keras.layers.AdditiveAttention`.
public final class AdditiveAttention: BaseAttention, ConfigConstructible, @unchecked Sendable {
  /// `[d]`.
  public private(set) var scale: Variable?

  /// - Parameters:
  ///   - useScale: whether trained weights scale the features of the sum.
  ///   - dropout: of the attention weights.
  public override init(
    useScale: Bool = true, dropout: Double = 0, seed: Int? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    super.init(useScale: useScale, dropout: dropout, seed: seed, name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ useScale: Bool, dropout: Double = 0, seed: Int? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(useScale: useScale, dropout: dropout, seed: seed, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      useScale: try reader.bool("use_scale", default: true), dropout: try reader.double("dropout", default: 0),
      seed: try reader.optionalInt("seed"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .attention, "softmax(Σ scale · tanh(query + key)) · value", example: "AdditiveAttention()([query, value])",
      arguments: [:], inputs: [[nil, 10, 8], [nil, 10, 8]])
  }

  public override func build(_ inputShape: [Int?]) throws {
    guard useScale else { return }
    guard let features = inputShape.last ?? nil else {
      throw KerasError(
        .incompatibleShape, name, "the query's last axis must be known, found \(describe(inputShape))")
    }
    scale = try addWeight("scale", shape: [features], initializer: .glorotUniform)
  }

  override func scores(_ query: Tensor, _ key: Tensor, _ context: CallContext) -> Tensor {
    let pairs = (query.expandDims(-2) + key.expandDims(-3)).tanh()
    return (scale.map { pairs * context[$0] } ?? pairs).sum(axis: [-1])
  }
}
