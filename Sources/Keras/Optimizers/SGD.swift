import ModelFiles

/// Gradient descent: `w ← w − rate · g`; with momentum `v ← momentum · v − rate · g`, `w ← w + v`, with Nesterov
/// `w ← w + momentum · v − rate · g`. Source: `keras.optimizers.SGD`.
public final class SGD: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let momentum: Double
  public let nesterov: Bool

  public init(
    learningRate: LearningRate = 0.01, momentum: Double = 0, nesterov: Bool = false,
    options: OptimizerOptions = OptimizerOptions(), name: String = "SGD"
  ) {
    self.momentum = momentum
    self.nesterov = nesterov
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.01), momentum: try reader.double("momentum", default: 0),
      nesterov: try reader.bool("nesterov", default: false), options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "SGD"))
  }

  public override var config: Config { ["momentum": .number(momentum), "nesterov": .bool(nesterov)] }
  public override var slotNames: [String] { momentum == 0 ? [] : ["momentum"] }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let change = gradient * step.learningRate
    guard let velocity = slots.first else { return value - change }
    let next = step[velocity] * momentum - change
    step.assign(velocity, next)
    return nesterov ? value + next * momentum - change : value + next
  }
}
