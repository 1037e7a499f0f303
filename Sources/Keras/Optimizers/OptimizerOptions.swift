import ModelFiles

/// What all optimizers can do besides their own rule, off by default.
public struct OptimizerOptions: Sendable {
  /// Shrinks variables by this times the learning rate each step, apart from the gradient.
  public var weightDecay: Double?
  /// The largest norm of each variable's gradient.
  public var clipNorm: Double?
  /// The largest magnitude of a gradient's element.
  public var clipValue: Double?
  /// The largest norm of all gradients taken together.
  public var globalClipNorm: Double?
  /// Whether a moving average of each variable is kept.
  public var useEMA: Bool
  /// How much of the old average stays each step.
  public var emaMomentum: Double
  /// After how many steps the variables become their averages; never during training unless given.
  public var emaOverwriteFrequency: Int?
  /// What the loss was multiplied by; gradients are divided by it.
  public var lossScaleFactor: Double?
  /// How many steps' gradients are averaged before the variables change.
  public var gradientAccumulationSteps: Int?
  /// Variables whose path contains one of these names do not decay.
  public var excludedFromWeightDecay: [String] = []

  public init(
    weightDecay: Double? = nil, clipNorm: Double? = nil, clipValue: Double? = nil, globalClipNorm: Double? = nil,
    useEMA: Bool = false, emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
    lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil
  ) {
    self.weightDecay = weightDecay
    self.clipNorm = clipNorm
    self.clipValue = clipValue
    self.globalClipNorm = globalClipNorm
    self.useEMA = useEMA
    self.emaMomentum = emaMomentum
    self.emaOverwriteFrequency = emaOverwriteFrequency
    self.lossScaleFactor = lossScaleFactor
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }
}

extension OptimizerOptions {
  public init(_ reader: ConfigReader, weightDecay: Double? = nil) throws {
    self.init(
      weightDecay: try reader.optionalDouble("weight_decay")
        ?? (reader.config["weight_decay"] == nil ? weightDecay : nil),
      clipNorm: try reader.optionalDouble("clipnorm"), clipValue: try reader.optionalDouble("clipvalue"),
      globalClipNorm: try reader.optionalDouble("global_clipnorm"),
      useEMA: try reader.bool("use_ema", default: false),
      emaMomentum: try reader.double("ema_momentum", default: 0.99),
      emaOverwriteFrequency: try reader.optionalInt("ema_overwrite_frequency"),
      lossScaleFactor: try reader.optionalDouble("loss_scale_factor"),
      gradientAccumulationSteps: try reader.optionalInt("gradient_accumulation_steps"))
    if let steps = gradientAccumulationSteps, steps < 1 {
      throw reader.error("gradient_accumulation_steps", "must be at least 1, found \(steps)")
    }
    if let frequency = emaOverwriteFrequency, frequency < 1 {
      throw reader.error("ema_overwrite_frequency", "must be at least 1, found \(frequency)")
    }
  }

  var config: Config {
    [
      "weight_decay": JSONValue(weightDecay), "clipnorm": JSONValue(clipNorm),
      "global_clipnorm": JSONValue(globalClipNorm), "clipvalue": JSONValue(clipValue), "use_ema": .bool(useEMA),
      "ema_momentum": .number(emaMomentum), "ema_overwrite_frequency": JSONValue(emaOverwriteFrequency),
      "loss_scale_factor": JSONValue(lossScaleFactor),
      "gradient_accumulation_steps": JSONValue(gradientAccumulationSteps),
    ]
  }

  func decays(_ variable: Variable) -> Bool {
    !excludedFromWeightDecay.contains { variable.path.contains($0) }
  }

  func clipped(_ gradients: [Tensor]) -> [Tensor] {
    if let clipNorm {
      return gradients.map { gradient in
        let norm = gradient.square().sum().sqrt()
        return gradient * (Tensor(clipNorm, dtype: gradient.dtype) / norm.maximum(clipNorm))
      }
    }
    if let globalClipNorm, let first = gradients.first {
      let squares = gradients.dropFirst().reduce(first.square().sum()) { $0 + $1.square().sum() }
      let factor = Tensor(globalClipNorm) / squares.sqrt().maximum(globalClipNorm)
      return gradients.map { $0 * factor.asType($0.dtype) }
    }
    if let clipValue { return gradients.map { $0.clip(-clipValue, clipValue) } }
    return gradients
  }
}
