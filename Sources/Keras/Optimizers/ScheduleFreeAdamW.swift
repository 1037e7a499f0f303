import ModelFiles

/// Adam without a schedule: trains at a point between the iterate and its running mean, which needs no decay of the
/// learning rate. Source: Defazio et al. 2024, `keras.optimizers.ScheduleFreeAdamW`.
public final class ScheduleFreeAdamW: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  public let warmupSteps: Int

  public init(
    learningRate: LearningRate = 0.0025, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    warmupSteps: Int = 0,
    options: OptimizerOptions = OptimizerOptions(), name: String = "schedule_free_adam_w"
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.warmupSteps = warmupSteps
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.0025),
      beta1: try reader.double("beta_1", default: 0.9),
      beta2: try reader.double("beta_2", default: 0.999),
      epsilon: try reader.double("epsilon", default: 1e-8),
      warmupSteps: try reader.int("warmup_steps", default: 0),
      options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "schedule_free_adam_w"))
  }

  public override var config: Config {
    [
      "beta_1": .number(beta1),
      "beta_2": .number(beta2),
      "epsilon": .number(epsilon),
      "warmup_steps": JSONValue(warmupSteps),
    ]
  }

  public override func makeSlots(_ variable: Variable) throws -> [Variable] {
    let velocity = try makeSlot("velocity", for: variable)
    let iterate = Variable(
      name: "momentum", path: velocity.path.replacing("_velocity", with: "_momentum"), type: variable.type,
      trainable: false
    ) { try variable.value.buffer() }
    return [iterate, velocity]
  }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    var rate = step.learningRate
    if warmupSteps > 0 { rate = rate * (step.number / Double(warmupSteps)).minimum(1) }
    let old = step[slots[0]]
    let second = step[slots[1]]
    let square = second + (gradient.square() - second) * (1 - beta2)
    let deviation = (square / (1 - Tensor(beta2).power(step.number))).sqrt() + epsilon
    let iterate = old - gradient * rate / deviation
    step.assign(slots[0], iterate)
    step.assign(slots[1], square)
    let weight = 1 / step.number
    let mean = (value - old * (1 - beta1)) / beta1
    let nextMean = mean * (1 - weight) + iterate * weight
    return iterate * (1 - beta1) + nextMean * beta1
  }
}
