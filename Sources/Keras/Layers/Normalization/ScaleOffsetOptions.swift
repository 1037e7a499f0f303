import ModelFiles

/// The arguments of the factor `gamma` and the offset `beta` that end a normalization.
struct ScaleOffsetOptions: Sendable {
  var center: Bool
  var scale: Bool
  var betaInitializer: any Initializer
  var gammaInitializer: any Initializer
  var betaRegularizer: (any Regularizer)?
  var gammaRegularizer: (any Regularizer)?
  var betaConstraint: (any Constraint)?
  var gammaConstraint: (any Constraint)?
}

extension ScaleOffsetOptions {
  init(_ reader: ConfigReader) throws {
    center = try reader.bool("center", default: true)
    scale = try reader.bool("scale", default: true)
    betaInitializer = try reader.initializer("beta_initializer", default: .zeros)
    gammaInitializer = try reader.initializer("gamma_initializer", default: .ones)
    betaRegularizer = try reader.regularizer("beta_regularizer")
    gammaRegularizer = try reader.regularizer("gamma_regularizer")
    betaConstraint = try reader.constraint("beta_constraint")
    gammaConstraint = try reader.constraint("gamma_constraint")
  }

  var config: Config {
    [
      "center": .bool(center), "scale": .bool(scale), "beta_initializer": betaInitializer.serialized,
      "gamma_initializer": gammaInitializer.serialized, "beta_regularizer": betaRegularizer?.serialized ?? nil,
      "gamma_regularizer": gammaRegularizer?.serialized ?? nil, "beta_constraint": betaConstraint?.serialized ?? nil,
      "gamma_constraint": gammaConstraint?.serialized ?? nil,
    ]
  }

  func addGamma(_ shape: [Int], to layer: Layer) throws -> Variable {
    try layer.addWeight(
      "gamma", shape: shape, initializer: gammaInitializer, autocast: false, regularizer: gammaRegularizer,
      constraint: gammaConstraint)
  }

  func addBeta(_ shape: [Int], to layer: Layer) throws -> Variable {
    try layer.addWeight(
      "beta", shape: shape, initializer: betaInitializer, autocast: false, regularizer: betaRegularizer,
      constraint: betaConstraint)
  }
}
