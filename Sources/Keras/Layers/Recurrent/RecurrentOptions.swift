import Graph
import ModelFiles

/// The arguments that the cells of `SimpleRNN`, `GRU`, `LSTM` and `ConvLSTM` share.
struct RecurrentOptions: Sendable {
  var activation: ActivationFunction = .tanh
  var recurrentActivation: ActivationFunction = .sigmoid
  var useBias = true
  var kernelInitializer: any Initializer = .glorotUniform
  var recurrentInitializer: any Initializer = .orthogonal
  var biasInitializer: any Initializer = .zeros
  /// Whether the forget gate's bias starts at 1.
  var unitForgetBias = true
  var kernelRegularizer: (any Regularizer)?
  var recurrentRegularizer: (any Regularizer)?
  var biasRegularizer: (any Regularizer)?
  var kernelConstraint: (any Constraint)?
  var recurrentConstraint: (any Constraint)?
  var biasConstraint: (any Constraint)?
  var dropout = 0.0
  var recurrentDropout = 0.0
  var seed: Int?
}

extension RecurrentOptions {
  init(_ reader: ConfigReader) throws {
    activation = try reader.activation("activation", default: reader.config["activation"] == nil ? .tanh : .linear)
    recurrentActivation = try reader.activation(
      "recurrent_activation", default: reader.config["recurrent_activation"] == nil ? .sigmoid : .linear)
    useBias = try reader.bool("use_bias", default: true)
    kernelInitializer = try reader.initializer("kernel_initializer", default: .glorotUniform)
    recurrentInitializer = try reader.initializer("recurrent_initializer", default: .orthogonal)
    biasInitializer = try reader.initializer("bias_initializer", default: .zeros)
    unitForgetBias = try reader.bool("unit_forget_bias", default: true)
    kernelRegularizer = try reader.regularizer("kernel_regularizer")
    recurrentRegularizer = try reader.regularizer("recurrent_regularizer")
    biasRegularizer = try reader.regularizer("bias_regularizer")
    kernelConstraint = try reader.constraint("kernel_constraint")
    recurrentConstraint = try reader.constraint("recurrent_constraint")
    biasConstraint = try reader.constraint("bias_constraint")
    dropout = try reader.double("dropout", default: 0)
    recurrentDropout = try reader.double("recurrent_dropout", default: 0)
    seed = try reader.optionalInt("seed")
  }

  /// The members of the config that all cells have.
  var config: Config {
    [
      "activation": activation.serialized, "use_bias": .bool(useBias),
      "kernel_initializer": kernelInitializer.serialized, "recurrent_initializer": recurrentInitializer.serialized,
      "bias_initializer": biasInitializer.serialized, "kernel_regularizer": kernelRegularizer?.serialized ?? nil,
      "recurrent_regularizer": recurrentRegularizer?.serialized ?? nil,
      "bias_regularizer": biasRegularizer?.serialized ?? nil, "kernel_constraint": kernelConstraint?.serialized ?? nil,
      "recurrent_constraint": recurrentConstraint?.serialized ?? nil,
      "bias_constraint": biasConstraint?.serialized ?? nil, "dropout": .number(dropout),
      "recurrent_dropout": .number(recurrentDropout), "seed": JSONValue(seed),
    ]
  }

  /// The members that cells with gates have besides.
  var gateConfig: Config { ["recurrent_activation": recurrentActivation.serialized] }
}

/// The initializer of an LSTM's bias: that of the layer, but ones for the forget gate (the second of four parts).
struct ForgetGateBias: Initializer {
  static let className = "ForgetGateBias"
  let base: any Initializer
  let units: Int

  var config: Config { base.config }

  func initialize(_ type: TensorType) throws -> Buffer {
    func part(_ initializer: any Initializer, _ count: Int) throws -> [Double] {
      try initializer.initialize(TensorType(.float32, [count])).doubles()
    }
    let elements = try part(base, units) + part(.ones, units) + part(base, 2 * units)
    return try Tensor(elements, shape: type.shape, dtype: type.dtype).buffer()
  }
}
