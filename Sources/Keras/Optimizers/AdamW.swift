import ModelFiles

/// Adam whose variables also decay toward 0, apart from the gradient.
/// Source: Loshchilov and Hutter 2019, `keras.optimizers.AdamW`.
public final class AdamW: Adam, @unchecked Sendable {
  public init(
    learningRate: LearningRate = 0.001, weightDecay: Double = 0.004, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7, amsgrad: Bool = false, options: OptimizerOptions = OptimizerOptions(),
    name: String = "adamw"
  ) {
    var options = options
    options.weightDecay = weightDecay
    super.init(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad, options: options,
      name: name)
  }

  public required convenience init(from reader: ConfigReader) throws {
    let options = try OptimizerOptions(reader, weightDecay: 0.004)
    self.init(
      learningRate: try reader.learningRate(default: 0.001), weightDecay: options.weightDecay ?? 0,
      beta1: try reader.double("beta_1", default: 0.9), beta2: try reader.double("beta_2", default: 0.999),
      epsilon: try reader.double("epsilon", default: 1e-7), amsgrad: try reader.bool("amsgrad", default: false),
      options: options, name: try reader.string("name", default: "adamw"))
  }
}
