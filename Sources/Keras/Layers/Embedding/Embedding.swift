import ModelFiles

/// A row of a trained table for each index: `y = embeddings[x]`.
///
/// Input: integers from 0 to `inputDim` − 1 of any shape, negative ones counted from the end; output `[…, outputDim]`.
/// Others are an error where they are the data that a model or the layer is given; of computed ones, the nearest row is
/// taken. Source: `keras.layers.Embedding`.
///
/// ```swift
/// Embedding(10_000, 64, maskZero: true)
/// ```
public final class Embedding: BaseEmbedding, ConfigConstructible, @unchecked Sendable {
  /// The table's first values, where they are given.
  private let weightsAtStart: Tensor?

  /// - Parameters:
  ///   - inputDim: the number of rows.
  ///   - outputDim: the length of a row.
  ///   - maskZero: whether index 0 stands for padding, which layers that follow skip.
  ///   - weights: the table's first values, `[inputDim, outputDim]`, in place of the initializer's.
  ///   - loraRank: freezes the table and trains an addition of this rank instead.
  public init(
    _ inputDim: Int, _ outputDim: Int, embeddingsInitializer: any Initializer = .randomUniform,
    embeddingsRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
    embeddingsConstraint: (any Constraint)? = nil, maskZero: Bool = false, weights: Tensor? = nil,
    loraRank: Int? = nil, loraAlpha: Double? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    weightsAtStart = weights
    super.init(
      inputDim, outputDim, maskZero: maskZero,
      EmbeddingOptions(
        initializer: embeddingsInitializer, regularizer: embeddingsRegularizer,
        activityRegularizer: activityRegularizer, constraint: embeddingsConstraint,
        lowRank: LowRankOptions(rank: loraRank, alpha: loraAlpha), quantization: QuantizationOptions(dtype)),
      name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    weightsAtStart = nil
    super.init(
      try reader.int("input_dim"), try reader.int("output_dim"), maskZero: try reader.bool("mask_zero", default: false),
      try EmbeddingOptions(reader), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .embedding, "row x of the table", example: "Embedding(10_000, 64, maskZero: true)",
      arguments: ["input_dim": 10000, "output_dim": 64], inputs: [[nil, 10]])
  }

  public override func build(_ inputShape: [Int?]) throws {
    try super.build(inputShape)
    if let weightsAtStart { try embeddings?.assign(weightsAtStart) }
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor { rows(input, context) }

  public override func computeMask(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
    inputs.prefix(1).map(mask)
  }
}
