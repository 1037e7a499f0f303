import Graph
import ModelFiles

/// A layer in which every input feature connects to every unit: `activation(x · kernel + bias)`.
///
/// Input `[batch, …, features]`, output `[batch, …, units]`. Source: `keras.layers.Dense`.
///
/// ```swift
/// Dense(64, activation: .relu)
/// ```
public final class Dense: Layer, ConfigConstructible, LowRankAdapted, Quantizable, @unchecked Sendable {
  public let units: Int
  public let activation: ActivationFunction
  public let useBias: Bool
  private let lowRank: LowRankOptions
  private let quantization: QuantizationOptions
  private var quantized: QuantizedKernel?
  private var float8: Float8Scaling?
  private(set) var adaptation: LowRankAdaptation?
  let weightOptions: WeightOptions
  /// `[features, units]`; of a quantized layer the whole numbers, packed.
  public private(set) var kernel: Variable?
  /// `[units]`.
  public private(set) var bias: Variable?

  /// - Parameters:
  ///   - units: the number of output features, at least 1.
  ///   - activation: linear by default.
  ///   - loraRank: freezes the kernel and trains an update of this rank instead.
  ///   - loraAlpha: the update's scale times its rank; `nil` means `loraRank`.
  public convenience init(
    _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, loraRank: Int? = nil, loraAlpha: Double? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(
      units, activation: activation, useBias: useBias,
      WeightOptions(
        kernelInitializer: kernelInitializer, biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
        biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
        kernelConstraint: kernelConstraint, biasConstraint: biasConstraint),
      LowRankOptions(rank: loraRank, alpha: loraAlpha), QuantizationOptions(dtype), name: name, dtype: dtype)
  }

  private init(
    _ units: Int, activation: ActivationFunction, useBias: Bool, _ weights: WeightOptions, _ lowRank: LowRankOptions,
    _ quantization: QuantizationOptions, name: String?, dtype: DTypePolicy
  ) {
    self.lowRank = lowRank
    self.quantization = quantization
    self.units = units
    self.activation = activation
    self.useBias = useBias
    weightOptions = weights
    super.init(name: name, dtype: dtype, activityRegularizer: weights.activityRegularizer)
    requireSize("units", units)
    requireSize("lora_rank", lowRank.rank)
    requireQuantization(quantization, lowRank: lowRank)
    inputSpec = InputSpec(minimumRank: 2)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.int("units"), activation: try reader.activation("activation"),
      useBias: try reader.bool("use_bias", default: true), try WeightOptions(reader), try reader.lowRankOptions(),
      try QuantizationOptions(reader), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .core, "activation(x · kernel + bias)", example: "Dense(64, activation: .relu)",
      arguments: ["units": 64], inputs: [[nil, 8]])
  }

  public override var config: Config {
    let own: Config = [
      "units": JSONValue(units), "activation": activation.serialized, "use_bias": .bool(useBias),
      "quantization_config": quantization.config,
    ]
    var weights = weightOptions.config
    // Written only where there is one.
    weights["activity_regularizer"] = nil
    return own.merging(weights).merging(lowRank.config)
  }

  public override var supportsMasking: Bool { true }

  public override func build(_ inputShape: [Int?]) throws {
    guard let features = inputShape.last.flatMap({ $0 }) else {
      throw KerasError(
        .incompatibleShape, name, "the last axis of the input must be known, found \(describe(inputShape))")
    }
    inputSpec = InputSpec(minimumRank: 2, axes: [-1: features])
    let options = weightOptions
    let shape = [features, units]
    if case .float8(let length) = quantization.mode { float8 = try Float8Scaling(historyLength: length, in: self) }
    quantized = try QuantizedKernel(quantization, shape: shape, axes: .dense, in: self)
    let kernel =
      try quantized?.values
      ?? addWeight(
        "kernel", shape: shape, initializer: options.kernelInitializer, regularizer: options.kernelRegularizer,
        constraint: options.kernelConstraint)
    self.kernel = kernel
    if useBias {
      bias = try addWeight(
        "bias", shape: [units], initializer: options.biasInitializer, regularizer: options.biasRegularizer,
        constraint: options.biasConstraint)
    }
    adaptation = try LowRankAdaptation(
      of: kernel, shape: shape, named: "kernel", lowRank, regularizer: options.kernelRegularizer,
      constraint: options.kernelConstraint, in: self)
  }

  override var storedVariables: [Variable]? { quantized?.stored(bias) ?? float8?.stored(kernel, bias) }

  var mergedWeights: [(variable: Variable, value: Tensor)] {
    guard let adaptation else { return [] }
    return quantized?.requantized(adding: adaptation.addition) ?? [(adaptation.weight, adaptation.merged)]
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let kernel else { return input }
    if let float8 {
      return float8.output(input, kernel, bias, context) { $0.matmul($1) }.map(activation.callAsFunction) ?? untrainable
    }
    var output: Tensor
    if let quantized {
      output = quantized.product(input, inputAxes: [-1], aligned: { $0 }, context) { $0.matmul($1) }
      if let adaptation { output = output + adaptation.output(input, context) { $0.matmul($1) }.asType(output.dtype) }
    } else {
      let weight = adaptation.map { $0(context[kernel], context) } ?? context[kernel]
      output = input.matmul(weight)
    }
    if let bias { output = output + context[bias] }
    return activation(output)
  }
}
