import ModelFiles

/// The initializers, regularizers and constraints of a kernel and its bias.
struct WeightOptions: Sendable {
  var kernelInitializer: any Initializer = .glorotUniform
  var biasInitializer: any Initializer = .zeros
  var kernelRegularizer: (any Regularizer)?
  var biasRegularizer: (any Regularizer)?
  var activityRegularizer: (any Regularizer)?
  var kernelConstraint: (any Constraint)?
  var biasConstraint: (any Constraint)?
}

extension WeightOptions {
  public init(_ reader: ConfigReader) throws {
    kernelInitializer = try reader.initializer("kernel_initializer", default: .glorotUniform)
    biasInitializer = try reader.initializer("bias_initializer", default: .zeros)
    kernelRegularizer = try reader.regularizer("kernel_regularizer")
    biasRegularizer = try reader.regularizer("bias_regularizer")
    activityRegularizer = try reader.regularizer("activity_regularizer")
    kernelConstraint = try reader.constraint("kernel_constraint")
    biasConstraint = try reader.constraint("bias_constraint")
  }

  var config: Config {
    [
      "kernel_initializer": kernelInitializer.serialized, "bias_initializer": biasInitializer.serialized,
      "kernel_regularizer": kernelRegularizer?.serialized ?? nil,
      "bias_regularizer": biasRegularizer?.serialized ?? nil,
      "activity_regularizer": activityRegularizer?.serialized ?? nil,
      "kernel_constraint": kernelConstraint?.serialized ?? nil, "bias_constraint": biasConstraint?.serialized ?? nil,
    ]
  }
}
