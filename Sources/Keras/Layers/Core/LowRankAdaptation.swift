import ModelFiles

/// A low-rank addition to a weight that itself stays fixed: `weight + (alpha / rank) · a·b`. Source: Hu et al. 2021.
struct LowRankAdaptation: Sendable {
  let weight: Variable
  /// The weight's shape with `rank` in place of its last extent.
  let a: Variable
  /// `[rank, last extent]`.
  let b: Variable
  let scale: Double

  /// Freezes `weight` and adds the factors' variables to its layer; `nil` where the options have no rank.
  ///
  /// - Parameter shape: of what the weight stands for, where it is quantized.
  /// - Throws: `KerasError` where the weight has a constraint.
  init?(
    of weight: Variable, shape: [Int]? = nil, named name: String, _ options: LowRankOptions,
    regularizer: (any Regularizer)?,
    constraint: (any Constraint)?, in layer: Layer
  ) throws {
    guard let rank = options.rank else { return nil }
    guard constraint == nil else {
      throw KerasError(
        .invalidArgument, "\(layer.name) (\(type(of: layer).className)), argument lora_rank",
        "cannot be combined with a constraint of \(name)")
    }
    self.weight = weight
    let extents = shape ?? weight.shape.dimensions
    scale = (options.alpha ?? Double(rank)) / Double(rank)
    a = try layer.addWeight(
      "lora_\(name)_a", shape: Array(extents.dropLast()) + [rank], initializer: .heUniform, dtype: .float32,
      regularizer: regularizer)
    b = try layer.addWeight(
      "lora_\(name)_b", shape: [rank, extents.last ?? 1], initializer: .zeros, dtype: .float32,
      regularizer: regularizer)
    weight.trainable = false
  }

  /// What files store of the layer's variables: the weight with the addition, then the others.
  func stored(_ variables: [Variable]) -> [Variable] {
    [weight] + variables.filter { variable in ![a, b, weight].contains { $0 === variable } }
  }

  /// The weight as files store it.
  var merged: Tensor { weight.value + addition.asType(weight.dtype) }

  /// What is added.
  var addition: Tensor { a.value.matmul(b.value) * scale }

  /// Takes the addition away: a file's weight has it inside.
  func clear() {
    a.reset()
    b.reset()
  }

  /// What the addition gives for an input, which `multiply` multiplies with a weight.
  func output(_ x: Tensor, _ context: CallContext, multiply: (Tensor, Tensor) -> Tensor) -> Tensor {
    multiply(x, context[a]).matmul(context[b]) * scale
  }

  /// The weight with the addition.
  func callAsFunction(_ weight: Tensor, _ context: CallContext) -> Tensor {
    weight + (context[a].matmul(context[b]) * scale).asType(weight.dtype)
  }
}

/// A layer that may have a low-rank addition to one of its weights.
protocol LowRankAdapted: Layer {
  var adaptation: LowRankAdaptation? { get }
  /// The weights as files store them, where they are not as the layer has them.
  var mergedWeights: [(variable: Variable, value: Tensor)] { get }
}

extension LowRankAdapted {
  var mergedWeights: [(variable: Variable, value: Tensor)] { adaptation.map { [($0.weight, $0.merged)] } ?? [] }
}

/// The arguments `lora_rank` and `lora_alpha`.
struct LowRankOptions: Sendable {
  let rank: Int?
  let alpha: Double?

  /// The members of a layer's config: none without a rank.
  var config: Config {
    guard let rank else { return [:] }
    return ["lora_rank": JSONValue(rank), "lora_alpha": .number(alpha ?? Double(rank))]
  }
}

extension ConfigReader {
  func lowRankOptions() throws -> LowRankOptions {
    LowRankOptions(rank: try optionalInt("lora_rank"), alpha: try optionalDouble("lora_alpha"))
  }
}
