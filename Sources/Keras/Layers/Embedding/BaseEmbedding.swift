import Graph
import ModelFiles

/// What `Embedding` and `ReversibleEmbedding` share: a table with one row for each index.
public class BaseEmbedding: Layer, LowRankAdapted, Quantizable, @unchecked Sendable {
  public let inputDim: Int
  public let outputDim: Int
  public let maskZero: Bool
  let options: EmbeddingOptions
  /// `[inputDim, outputDim]`; of a quantized layer the whole numbers, packed.
  public private(set) var embeddings: Variable?
  private(set) var adaptation: LowRankAdaptation?
  private(set) var quantized: QuantizedTable?

  init(
    _ inputDim: Int, _ outputDim: Int, maskZero: Bool, _ options: EmbeddingOptions, name: String?, dtype: DTypePolicy
  ) {
    self.inputDim = inputDim
    self.outputDim = outputDim
    self.maskZero = maskZero
    self.options = options
    super.init(name: name, dtype: dtype, activityRegularizer: options.activityRegularizer)
    requireSize("input_dim", inputDim)
    requireSize("output_dim", outputDim)
    requireSize("lora_rank", options.lowRank.rank)
    requireQuantization(options.quantization, lowRank: options.lowRank, integersOnly: true)
  }

  public override var config: Config {
    let own: Config = [
      "input_dim": JSONValue(inputDim), "output_dim": JSONValue(outputDim),
      "embeddings_initializer": options.initializer.serialized,
      "embeddings_regularizer": options.regularizer?.serialized ?? nil,
      "activity_regularizer": options.activityRegularizer?.serialized ?? nil,
      "embeddings_constraint": options.constraint?.serialized ?? nil, "mask_zero": .bool(maskZero),
      "quantization_config": options.quantization.config,
    ]
    return own.merging(options.lowRank.config)
  }

  public override var autocast: Bool { false }
  public override var createsMask: Bool { maskZero }

  public override func build(_ inputShape: [Int?]) throws {
    quantized = try QuantizedTable(options.quantization.mode, rows: inputDim, columns: outputDim, in: self)
    let table =
      try quantized?.values
      ?? addWeight(
        "embeddings", shape: [inputDim, outputDim], initializer: options.initializer, regularizer: options.regularizer,
        constraint: options.constraint)
    embeddings = table
    adaptation = try LowRankAdaptation(
      of: table, shape: [inputDim, outputDim], named: "embeddings", options.lowRank, regularizer: options.regularizer,
      constraint: options.constraint, in: self)
  }

  override var storedVariables: [Variable]? { quantized?.variables }

  var mergedWeights: [(variable: Variable, value: Tensor)] {
    guard let adaptation else { return [] }
    return quantized?.requantized(adding: adaptation.addition) ?? [(adaptation.weight, adaptation.merged)]
  }

  /// The rows as the call uses them.
  func table(_ context: CallContext) -> Tensor? {
    guard let embeddings else { return nil }
    if let quantized { return quantized.table(context) }
    return adaptation.map { $0(context[embeddings], context) } ?? context[embeddings]
  }

  /// The rows of these indices, with the mask of those that are not 0.
  func rows(_ indices: Tensor, _ context: CallContext) -> Tensor {
    let whole = indices.dtype == .int64 ? indices : indices.asType(.int32)
    context.trace.check(indices, below: inputDim, layer: name)
    guard var rows = quantized?.rows(whole, context) ?? table(context)?.take(whole, axis: 0) else { return indices }
    if quantized != nil, let adaptation {
      rows = rows + adaptation.output(whole, context) { $1.take($0, axis: 0) }.asType(rows.dtype)
    }
    rows = rows.asType(dtypePolicy.computeDType)
    return rows.masked(by: mask(of: indices))
  }

  /// Which indices are not 0, where 0 is no index.
  func mask(of indices: Tensor) -> Tensor? { maskZero ? indices.notEqual(0) : nil }
}

/// The arguments that the embedding layers share.
struct EmbeddingOptions: Sendable {
  var initializer: any Initializer = .randomUniform
  var regularizer: (any Regularizer)?
  var activityRegularizer: (any Regularizer)?
  var constraint: (any Constraint)?
  var lowRank = LowRankOptions(rank: nil, alpha: nil)
  var quantization = QuantizationOptions(.float32)
}

extension EmbeddingOptions {
  init(_ reader: ConfigReader) throws {
    initializer = try reader.initializer("embeddings_initializer", default: .randomUniform)
    regularizer = try reader.regularizer("embeddings_regularizer")
    activityRegularizer = try reader.regularizer("activity_regularizer")
    constraint = try reader.constraint("embeddings_constraint")
    lowRank = try reader.lowRankOptions()
    quantization = try QuantizationOptions(reader)
  }
}
