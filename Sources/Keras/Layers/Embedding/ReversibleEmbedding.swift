import Graph
import ModelFiles

/// An embedding that also projects back: with `reverse: true`, `y = x · embeddingsᵀ`, one score for each index.
///
/// Input: integers, output `[…, outputDim]`; reversed: `[…, outputDim]`, output `[…, inputDim]`.
/// Source: Press and Wolf 2016, `keras.layers.ReversibleEmbedding`.
public final class ReversibleEmbedding: BaseEmbedding, ConfigConstructible, @unchecked Sendable {
  /// Whether the projection uses the table itself rather than weights of its own.
  public let tieWeights: Bool
  public let reverseDType: DType?
  public let logitSoftCap: Double?
  /// `[outputDim, inputDim]`, where the weights are not tied.
  public private(set) var reverseEmbeddings: Variable?
  private var quantizedProjection: QuantizedProjection?

  /// - Parameters:
  ///   - reverseDType: the type to project in; the layer's own by default.
  ///   - logitSoftCap: bounds scores to ±cap: `cap · tanh(y / cap)`.
  public init(
    _ inputDim: Int, _ outputDim: Int, tieWeights: Bool = true,
    embeddingsInitializer: any Initializer = .randomUniform, embeddingsRegularizer: (any Regularizer)? = nil,
    embeddingsConstraint: (any Constraint)? = nil, maskZero: Bool = false, reverseDType: DType? = nil,
    logitSoftCap: Double? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.tieWeights = tieWeights
    self.reverseDType = reverseDType
    self.logitSoftCap = logitSoftCap
    super.init(
      inputDim, outputDim, maskZero: maskZero,
      EmbeddingOptions(
        initializer: embeddingsInitializer, regularizer: embeddingsRegularizer, constraint: embeddingsConstraint,
        quantization: QuantizationOptions(dtype, quantizesInputs: true)),
      name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    tieWeights = try reader.bool("tie_weights", default: true)
    let typeName = try reader.optionalString("reverse_dtype")
    reverseDType = typeName.flatMap(DType.init(rawValue:))
    if let typeName, reverseDType == nil { throw reader.error("reverse_dtype", "is no element type: \(typeName)") }
    logitSoftCap = try reader.optionalDouble("logit_soft_cap")
    var options = try EmbeddingOptions(reader)
    options.quantization = try QuantizationOptions(reader, quantizesInputs: true)
    super.init(
      try reader.int("input_dim"), try reader.int("output_dim"), maskZero: try reader.bool("mask_zero", default: false),
      options, name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "row x of the table; reversed x · embeddingsᵀ", example: "ReversibleEmbedding(10_000, 64)",
      arguments: ["input_dim": 10000, "output_dim": 64], inputs: [[nil, 10]])
  }

  public override var config: Config {
    super.config.merging([
      "tie_weights": .bool(tieWeights), "reverse_dtype": JSONValue(reverseDType?.rawValue),
      "logit_soft_cap": JSONValue(logitSoftCap),
    ])
  }

  public override var argumentNames: [String] { ["reverse"] }

  public override func build(_ inputShape: [Int?]) throws {
    try super.build(inputShape)
    guard !tieWeights else { return }
    if let mode = options.quantization.mode {
      quantizedProjection = try QuantizedProjection(mode, rows: inputDim, columns: outputDim, in: self)
      return
    }
    reverseEmbeddings = try addWeight(
      "reverse_embeddings", shape: [outputDim, inputDim], initializer: options.initializer)
  }

  override var storedVariables: [Variable]? {
    super.storedVariables.map { $0 + (quantizedProjection?.variables ?? []) }
  }

  /// The rows of indices, or with `reverse` the scores of all indices.
  public func callAsFunction(_ input: Tensor, reverse: Bool, training: Bool? = nil) -> Tensor {
    single(apply(CallArguments([.tensor(input)], keyword: ["reverse": .value(.bool(reverse))]), training: training))
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard context.flag("reverse") else { return rows(input, context) }
    if let quantized { return capped(projected(input, quantized, context)) }
    guard let table = table(context) else { return input }
    let kernel = reverseEmbeddings.map { context[$0] } ?? table.transpose()
    let type = reverseDType ?? input.dtype
    return capped(input.asType(type).matmul(kernel.asType(type)))
  }

  private func projected(_ input: Tensor, _ table: QuantizedTable, _ context: CallContext) -> Tensor {
    let kernel = quantizedProjection?.kernel(context) ?? table.table(context).transpose([1, 0])
    func product(_ x: Tensor) -> Tensor { x.matmul(kernel.asType(x.dtype)).asType(dtypePolicy.computeDType) }
    guard let quantizer = options.quantization.inputs else { return product(input) }
    let (values, scale) = quantizer(input, axes: [-1])
    let result = product(values) / scale
    guard context.training else { return result }
    let smooth = product(input)
    return smooth + (result - smooth).stopGradient()
  }

  private func capped(_ scores: Tensor) -> Tensor {
    guard let logitSoftCap else { return scores }
    return (scores / logitSoftCap).tanh() * logitSoftCap
  }
}
