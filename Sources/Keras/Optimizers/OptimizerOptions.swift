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

  public init(
    weightDecay: Double? = nil, clipNorm: Double? = nil, clipValue: Double? = nil, globalClipNorm: Double? = nil
  ) {
    self.weightDecay = weightDecay
    self.clipNorm = clipNorm
    self.clipValue = clipValue
    self.globalClipNorm = globalClipNorm
  }
}

extension OptimizerOptions {
  public init(_ reader: ConfigReader) throws {
    weightDecay = try reader.optionalDouble("weight_decay")
    clipNorm = try reader.optionalDouble("clipnorm")
    clipValue = try reader.optionalDouble("clipvalue")
    globalClipNorm = try reader.optionalDouble("global_clipnorm")
  }

  var config: Config {
    [
      "weight_decay": JSONValue(weightDecay), "clipnorm": JSONValue(clipNorm),
      "global_clipnorm": JSONValue(globalClipNorm), "clipvalue": JSONValue(clipValue), "use_ema": false,
      "ema_momentum": 0.99, "ema_overwrite_frequency": nil, "loss_scale_factor": nil,
      "gradient_accumulation_steps": nil,
    ]
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
      return gradients.map { $0 * factor }
    }
    if let clipValue { return gradients.map { $0.clip(-clipValue, clipValue) } }
    return gradients
  }
}
