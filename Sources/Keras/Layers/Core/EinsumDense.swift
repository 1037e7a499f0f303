import ModelFiles

/// A dense layer whose product is an einsum: `activation(einsum(equation, x, kernel) + bias)`.
///
/// The equation has the form `X,Y->Z`, `...X,Y->...Z` or `X...,Y->Z...`, with the batch as first axis.
/// Source: `keras.layers.EinsumDense`.
///
/// ```swift
/// EinsumDense("abc,cd->abd", outputShape: [nil, 64], biasAxes: "d")
/// ```
public final class EinsumDense: Layer, ConfigConstructible, LowRankAdapted, Quantizable, @unchecked Sendable {
  public let equation: String
  /// The result's extents without the batch (and the axes of `...`); `nil` where the input gives them.
  public let partialOutputShape: [Int?]
  public let activation: ActivationFunction
  public let biasAxes: String?
  let weightOptions: WeightOptions
  private let lowRank: LowRankOptions
  private let quantization: QuantizationOptions
  private var quantized: QuantizedKernel?
  private var float8: Float8Scaling?
  /// Of a quantized layer the whole numbers, packed.
  public private(set) var kernel: Variable?
  public private(set) var bias: Variable?
  private(set) var adaptation: LowRankAdaptation?

  /// - Parameters:
  ///   - biasAxes: the result's labels that the bias has; no bias by default.
  ///   - loraRank: freezes the kernel and trains an addition of this rank instead.
  public convenience init(
    _ equation: String, outputShape: [Int?], activation: ActivationFunction = .linear, biasAxes: String? = nil,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, loraRank: Int? = nil, loraAlpha: Double? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(
      equation, outputShape: outputShape, activation: activation, biasAxes: biasAxes,
      weights: WeightOptions(
        kernelInitializer: kernelInitializer, biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
        biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
        kernelConstraint: kernelConstraint, biasConstraint: biasConstraint),
      lowRank: LowRankOptions(rank: loraRank, alpha: loraAlpha), name: name, dtype: dtype)
  }

  init(
    _ equation: String, outputShape: [Int?], activation: ActivationFunction = .linear, biasAxes: String?,
    weights: WeightOptions, lowRank: LowRankOptions = LowRankOptions(rank: nil, alpha: nil),
    quantization: QuantizationOptions? = nil, name: String?, dtype: DTypePolicy
  ) {
    self.quantization = quantization ?? QuantizationOptions(dtype)
    self.equation = equation
    partialOutputShape = outputShape
    self.activation = activation
    self.biasAxes = biasAxes
    weightOptions = weights
    self.lowRank = lowRank
    super.init(name: name, dtype: dtype, activityRegularizer: weights.activityRegularizer)
    requireSize("lora_rank", lowRank.rank)
    requireQuantization(self.quantization, lowRank: lowRank)
    if EinsumDenseShapes.split(equation) == nil {
      reject("equation", "must have the form X,Y->Z, ...X,Y->...Z or X...,Y->Z..., found \"\(equation)\"")
    }
  }

  public convenience init(from reader: ConfigReader) throws {
    let single = reader.value("output_shape")?.int.map { [Int?.some($0)] }
    self.init(
      try reader.string("equation", default: ""), outputShape: try single ?? reader.optionalShape("output_shape") ?? [],
      activation: try reader.activation("activation"), biasAxes: try reader.optionalString("bias_axes"),
      weights: try WeightOptions(reader), lowRank: try reader.lowRankOptions(),
      quantization: try QuantizationOptions(reader), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "activation(einsum(equation, x, kernel) + bias)",
      example: "EinsumDense(\"abc,cd->abd\", outputShape: [nil, 64], biasAxes: \"d\")",
      arguments: ["equation": "abc,cd->abd", "output_shape": [nil, 64]], inputs: [[nil, 10, 8]])
  }

  public override var config: Config {
    let own: Config = [
      "equation": .string(equation), "output_shape": JSONValue(partialOutputShape),
      "activation": activation.serialized, "bias_axes": JSONValue(biasAxes),
      "quantization_config": quantization.config,
    ]
    return own.merging(weightOptions.config).merging(lowRank.config)
  }

  public override func build(_ inputShape: [Int?]) throws {
    let shapes = try EinsumDenseShapes(
      equation, biasAxes: biasAxes, input: inputShape, output: partialOutputShape, layer: name)
    inputSpec = InputSpec(rank: inputShape.count)
    if case .float8(let length) = quantization.mode { float8 = try Float8Scaling(historyLength: length, in: self) }
    if let axes = ScaleAxes(equation, inputRank: inputShape.count) {
      quantized = try QuantizedKernel(
        quantization, shape: shapes.kernel, axes: axes, calibratedZero: "zero_point", in: self)
    }
    let kernel =
      try quantized?.values
      ?? addWeight(
        "kernel", shape: shapes.kernel, initializer: weightOptions.kernelInitializer,
        regularizer: weightOptions.kernelRegularizer, constraint: weightOptions.kernelConstraint)
    self.kernel = kernel
    if let shape = shapes.bias {
      bias = try addWeight(
        "bias", shape: shape, initializer: weightOptions.biasInitializer, regularizer: weightOptions.biasRegularizer,
        constraint: weightOptions.biasConstraint)
    }
    adaptation = try LowRankAdaptation(
      of: kernel, shape: shapes.kernel, named: "kernel", lowRank, regularizer: weightOptions.kernelRegularizer,
      constraint: weightOptions.kernelConstraint, in: self)
  }

  override var storedVariables: [Variable]? { quantized?.stored(bias) ?? float8?.stored(kernel, bias) }

  var mergedWeights: [(variable: Variable, value: Tensor)] {
    guard let adaptation else { return [] }
    return quantized?.requantized(adding: adaptation.addition) ?? [(adaptation.weight, adaptation.merged)]
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let kernel else { return input }
    func multiply(_ x: Tensor, _ weight: Tensor) -> Tensor { einsum(equation, x, weight) }
    if let float8 {
      return float8.output(input, kernel, bias, context, multiply).map(activation.callAsFunction) ?? untrainable
    }
    var product: Tensor
    if let quantized {
      let axes = quantized.axes
      product = quantized.product(
        input, inputAxes: axes.inputReduced, aligned: axes.result(ofInput:), context, multiply: multiply)
      if let adaptation {
        product = product + adaptation.output(input, context, multiply: multiply).asType(product.dtype)
      }
    } else {
      let weight = adaptation.map { $0(context[kernel], context) } ?? context[kernel]
      product = multiply(input, weight)
    }
    return activation(bias.map { product + context[$0] } ?? product)
  }
}
