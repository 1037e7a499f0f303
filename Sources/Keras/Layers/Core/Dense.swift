import Graph
import ModelFiles

/// A layer in which every input feature connects to every unit: `activation(x · kernel + bias)`.
///
/// Input `[batch, …, features]`, output `[batch, …, units]`. Source: `keras.layers.Dense`.
///
/// ```swift
/// Dense(64, activation: .relu)
/// ```
public final class Dense: Layer, ConfigConstructible, LowRankAdapted, @unchecked Sendable {
  public let units: Int
  public let activation: ActivationFunction
  public let useBias: Bool
  private let lowRank: LowRankOptions
  private(set) var adaptation: LowRankAdaptation?
  let kernelInitializer: any Initializer
  let biasInitializer: any Initializer
  let kernelRegularizer: (any Regularizer)?
  let biasRegularizer: (any Regularizer)?
  let kernelConstraint: (any Constraint)?
  let biasConstraint: (any Constraint)?
  /// `[features, units]`.
  public private(set) var kernel: Variable?
  /// `[units]`.
  public private(set) var bias: Variable?

  /// - Parameters:
  ///   - units: the number of output features, at least 1.
  ///   - activation: linear by default.
  ///   - loraRank: freezes the kernel and trains an update of this rank instead.
  ///   - loraAlpha: the update's scale times its rank; `nil` means `loraRank`.
  public init(
    _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, loraRank: Int? = nil, loraAlpha: Double? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    lowRank = LowRankOptions(rank: loraRank, alpha: loraAlpha)
    self.units = units
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.biasRegularizer = biasRegularizer
    self.kernelConstraint = kernelConstraint
    self.biasConstraint = biasConstraint
    super.init(name: name, dtype: dtype, activityRegularizer: activityRegularizer)
    requireSize("units", units)
    requireSize("lora_rank", loraRank)
    inputSpec = InputSpec(minimumRank: 2)
  }

  public convenience init(from reader: ConfigReader) throws {
    try reader.refuseQuantization()
    self.init(
      try reader.int("units"), activation: try reader.activation("activation"),
      useBias: try reader.bool("use_bias", default: true),
      kernelInitializer: try reader.initializer("kernel_initializer", default: .glorotUniform),
      biasInitializer: try reader.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: try reader.regularizer("kernel_regularizer"),
      biasRegularizer: try reader.regularizer("bias_regularizer"),
      activityRegularizer: try reader.regularizer("activity_regularizer"),
      kernelConstraint: try reader.constraint("kernel_constraint"),
      biasConstraint: try reader.constraint("bias_constraint"), loraRank: try reader.optionalInt("lora_rank"),
      loraAlpha: try reader.optionalDouble("lora_alpha"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .core, "activation(x · kernel + bias)", example: "Dense(64, activation: .relu)",
      arguments: ["units": 64], inputs: [[nil, 8]])
  }

  public override var config: Config {
    let own: Config = [
      "units": JSONValue(units), "activation": activation.serialized, "use_bias": .bool(useBias),
      "kernel_initializer": kernelInitializer.serialized, "bias_initializer": biasInitializer.serialized,
      "kernel_regularizer": kernelRegularizer?.serialized ?? nil,
      "bias_regularizer": biasRegularizer?.serialized ?? nil,
      "kernel_constraint": kernelConstraint?.serialized ?? nil, "bias_constraint": biasConstraint?.serialized ?? nil,
      "quantization_config": nil,
    ]
    return own.merging(lowRank.config)
  }

  public override var supportsMasking: Bool { true }

  public override func build(_ inputShape: [Int?]) throws {
    guard let features = inputShape.last.flatMap({ $0 }) else {
      throw KerasError(
        .incompatibleShape, name, "the last axis of the input must be known, found \(describe(inputShape))")
    }
    inputSpec = InputSpec(minimumRank: 2, axes: [-1: features])
    let kernel = try addWeight(
      "kernel", shape: [features, units], initializer: kernelInitializer, regularizer: kernelRegularizer,
      constraint: kernelConstraint)
    self.kernel = kernel
    if useBias {
      bias = try addWeight(
        "bias", shape: [units], initializer: biasInitializer, regularizer: biasRegularizer,
        constraint: biasConstraint)
    }
    adaptation = try LowRankAdaptation(
      of: kernel, named: "kernel", lowRank, regularizer: kernelRegularizer, constraint: kernelConstraint, in: self)
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let kernel else { return input }
    let weight = adaptation.map { $0(context[kernel], context) } ?? context[kernel]
    var output = input.matmul(weight)
    if let bias { output = output + context[bias] }
    return activation(output)
  }
}
