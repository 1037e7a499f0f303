import ModelFiles

/// Steps divided by the root of a running mean of the gradient's square: `v ← ρ·v + (1 − ρ)·g²`,
/// `w ← w − rate · g / √(v + ε)`. `centered` subtracts the squared mean of g from v.
/// Source: Hinton 2012, `keras.optimizers.RMSprop`.
public final class RMSprop: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let rho: Double
  public let momentum: Double
  public let epsilon: Double
  public let centered: Bool

  public init(
    learningRate: LearningRate = 0.001, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
    centered: Bool = false,
    options: OptimizerOptions = OptimizerOptions(), name: String = "rmsprop"
  ) {
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
    self.centered = centered
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.001),
      rho: try reader.double("rho", default: 0.9),
      momentum: try reader.double("momentum", default: 0),
      epsilon: try reader.double("epsilon", default: 1e-7),
      centered: try reader.bool("centered", default: false),
      options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "rmsprop"))
  }

  public override var config: Config {
    [
      "rho": .number(rho),
      "momentum": .number(momentum),
      "epsilon": .number(epsilon),
      "centered": .bool(centered),
    ]
  }

  public override var slotNames: [String] {
    ["velocity"] + (momentum > 0 ? ["momentum"] : []) + (centered ? ["average_gradient"] : [])
  }

  public override var slotGroups: [Range<Int>] { slotNames.indices.map { $0..<($0 + 1) } }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let velocity = step[slots[0]] * rho + gradient.square() * (1 - rho)
    step.assign(slots[0], velocity)
    var denominator = velocity + epsilon
    if centered, let slot = slots.last {
      let average = step[slot] * rho + gradient * (1 - rho)
      step.assign(slot, average)
      denominator = velocity - average.square() + epsilon
    }
    let increment = gradient * step.learningRate / denominator.sqrt()
    guard momentum > 0 else { return value - increment }
    let change = step[slots[1]] * momentum + increment
    step.assign(slots[1], change)
    return value - change
  }
}
