import ModelFiles

/// How integer categories become numbers.
public enum CategoryOutput: String, Sendable, CaseIterable {
  /// The category itself.
  case int
  /// 1 at the category, for each element.
  case oneHot = "one_hot"
  /// 1 for every category that occurs in a sample.
  case multiHot = "multi_hot"
  /// How often each category occurs in a sample.
  case count
}

extension Tensor {
  /// Categories `0..<depth` encoded.
  func encoded(_ output: CategoryOutput, depth: Int, dtype: DType, weights: Tensor? = nil) -> Tensor {
    let x = rank == 0 ? expandDims(-1) : self
    switch output {
    case .int: return x.asType(dtype)
    case .oneHot: return (x.rank > 1 && x.shape[-1] == 1 ? x.squeeze(-1) : x).asType(.int32).oneHot(depth, dtype: dtype)
    case .multiHot: return x.multiHot(depth, dtype: dtype)
    case .count:
      let hot = x.asType(.int32).oneHot(depth, dtype: weights?.dtype ?? dtype)
      return (weights.map { hot * $0.expandDims(-1) } ?? hot).sum(axis: [x.rank > 1 ? 1 : 0])
    }
  }
}

/// Encodes integer categories `0..<numTokens`: `[batch, n]` becomes `[batch, numTokens]` with `multiHot` and `count`,
/// `oneHot` adds an axis. Categories out of range count nowhere. Source: `keras.layers.CategoryEncoding`.
public final class CategoryEncoding: Layer, ConfigConstructible, @unchecked Sendable {
  public let numTokens: Int
  public let outputMode: CategoryOutput

  public init(
    numTokens: Int, outputMode: CategoryOutput = .multiHot, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.numTokens = numTokens
    self.outputMode = outputMode
    super.init(name: name, dtype: dtype)
    requireSize("num_tokens", numTokens)
    if outputMode == .int { reject("output_mode", "must be one_hot, multi_hot or count") }
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ numTokens: Int, outputMode: CategoryOutput = .multiHot, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(numTokens: numTokens, outputMode: outputMode, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    // Keras 2 also says "binary" for "multi_hot".
    let mode = reader.value("output_mode")?.string == "binary" ? .multiHot : nil as CategoryOutput?
    self.init(
      numTokens: try reader.int("num_tokens"), outputMode: try mode ?? reader.choice("output_mode", default: .multiHot),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "integer categories as 0, 1 or counts", example: "CategoryEncoding(numTokens: 4)",
      arguments: ["num_tokens": 4], required: [], inputs: [[nil, 3]])
  }

  public override var config: Config {
    ["num_tokens": JSONValue(numTokens), "output_mode": .string(outputMode.rawValue)]
  }
  public override var autocast: Bool { false }
  public override var argumentNames: [String] { ["count_weights"] }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    let weights = context.tensors["count_weights"]?.first?.asType(dtypePolicy.computeDType)
    if weights != nil, outputMode != .count { return rejected(name, "count_weights need the output mode count") }
    return input.encoded(outputMode, depth: numTokens, dtype: dtypePolicy.computeDType, weights: weights)
  }
}
