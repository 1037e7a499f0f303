import Graph
import ModelFiles

/// Adam with Nesterov momentum, whose weight grows over the first steps.
/// Source: Dozat 2016, `keras.optimizers.Nadam`.
public final class Nadam: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  /// How fast the momentum grows: 1 today, 0.004 before TensorFlow 2.11. Only read from files, never written.
  let scheduleDecay: Double

  public convenience init(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    options: OptimizerOptions = OptimizerOptions(), name: String = "nadam"
  ) {
    self.init(learningRate, beta1, beta2, epsilon, scheduleDecay: 1, options, name: name)
  }

  private init(
    _ learningRate: LearningRate, _ beta1: Double, _ beta2: Double, _ epsilon: Double, scheduleDecay: Double,
    _ options: OptimizerOptions, name: String
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.scheduleDecay = scheduleDecay
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.learningRate(default: 0.001), try reader.double("beta_1", default: 0.9),
      try reader.double("beta_2", default: 0.999), try reader.double("epsilon", default: 1e-7),
      scheduleDecay: try reader.double("schedule_decay", default: 1), try OptimizerOptions(reader),
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
  private func momentum(_ number: Tensor) -> Tensor {
    (1 - Tensor(0.96).power(number * scheduleDecay) * 0.5) * beta1
  }

  /// Files of Keras 2 lack the product.
  override func restoreSharedSlots() throws {
    let count = try iterations.value.asType(.float32).item()
    // After so many steps the product is 0, or the momentum all of beta1.
    let known = Swift.min(Swift.max(count, 0), 10_000)
    let product = momentum(Tensor.arange(1, known + 1, dtype: .float32)).product()
    try sharedSlots.first?.assign(product * Tensor(beta1).power(Swift.max(count, 0) - known))
  }

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
