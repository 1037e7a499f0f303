import Graph
import ModelFiles

/// Adam with Nesterov momentum, whose weight grows over the first steps.
/// Source: Dozat 2016, `keras.optimizers.Nadam`.
public final class Nadam: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double

  public init(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    options: OptimizerOptions = OptimizerOptions(), name: String = "nadam"
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(_ reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.001),
      beta1: try reader.double("beta_1", default: 0.9),
      beta2: try reader.double("beta_2", default: 0.999),
      epsilon: try reader.double("epsilon", default: 1e-7),
      options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "nadam"))
  }

  public override var config: Config {
    [
      "beta_1": .number(beta1),
      "beta_2": .number(beta2),
      "epsilon": .number(epsilon),
    ]
  }

  public override var slotNames: [String] { ["momentum", "velocity"] }

  /// The product of the momenta so far.
  public override func makeSharedSlots() throws -> [Variable] {
    let one = try Constant(1).initialize(TensorType(.float32, .scalar))
    return [Variable(name: "u_product", path: "variable", initial: one, trainable: false)]
  }

  /// The weight of the momentum at a step.
  private func momentum(_ number: Tensor) -> Tensor { (1 - Tensor(0.96).power(number) * 0.5) * beta1 }

  public override func updateShared(_ step: OptimizerStep) {
    guard let product = sharedSlots.first else { return }
    step.assign(product, step[product] * momentum(step.number))
  }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    guard let shared = sharedSlots.first else { return value }
    let first = step[slots[0]]
    let second = step[slots[1]]
    let mean = first + (gradient - first) * (1 - beta1)
    let square = second + (gradient.square() - second) * (1 - beta2)
    step.assign(slots[0], mean)
    step.assign(slots[1], square)
    let product = step[shared]
    let next = momentum(step.number + 1)
    let ahead = mean * (next / (1 - product * next)) + gradient * ((1 - momentum(step.number)) / (1 - product))
    let deviation = (square / (1 - Tensor(beta2).power(step.number))).sqrt()
    return value - ahead * step.learningRate / (deviation + epsilon)
  }
}
