import ModelFiles

/// Matrices move along their momentum made orthogonal, everything else by Adam.
///
/// `m ← g + β·m`, `w ← w − rate · rmsRate · √max(rows, columns) · NS(g + β·m)`, NS being `nsSteps` Newton–Schulz
/// iterations toward the nearest orthogonal matrix. Source: Jordan 2024, `keras.optimizers.Muon`.
public final class Muon: Optimizer, ConfigConstructible, @unchecked Sendable {
  /// The part of Adam, which moves what is no matrix.
  public struct AdamPart: Sendable {
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var weightDecay: Double? = 0.004
    public var epsilon = 1e-7
    /// What the learning rate is multiplied by.
    public var learningRateRatio = 1.0

    public init() {}
  }

  public let momentum: Double
  public let nesterov: Bool
  public let nsSteps: Int
  /// The coefficients of an iteration's x, x³ and x⁵.
  public let coefficients: (a: Double, b: Double, c: Double)
  public let rmsRate: Double?
  public let adam: AdamPart
  /// Variables whose path contains "embedding" are left to Adam.
  public let excludeEmbeddings: Bool
  private let excludeLayers: [PathPattern]

  init(
    learningRate: LearningRate, adam: AdamPart, momentum: Double, nesterov: Bool, nsSteps: Int,
    coefficients: (Double, Double, Double), rmsRate: Double?, excludeLayers: [PathPattern], excludeEmbeddings: Bool,
    options: OptimizerOptions, name: String
  ) {
    self.adam = adam
    self.momentum = momentum
    self.nesterov = nesterov
    self.nsSteps = nsSteps
    self.coefficients = coefficients
    self.rmsRate = rmsRate
    self.excludeLayers = excludeLayers
    self.excludeEmbeddings = excludeEmbeddings
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(
    learningRate: LearningRate = 0.001, momentum: Double = 0.95, nesterov: Bool = true, nsSteps: Int = 5,
    rmsRate: Double? = 0.2, adam: AdamPart = AdamPart(), excludeEmbeddings: Bool = true,
    options: OptimizerOptions = OptimizerOptions(weightDecay: 0.004), name: String = "muon"
  ) {
    self.init(
      learningRate: learningRate, adam: adam, momentum: momentum, nesterov: nesterov, nsSteps: nsSteps,
      coefficients: (3.4445, -4.7750, 2.0315), rmsRate: rmsRate, excludeLayers: [],
      excludeEmbeddings: excludeEmbeddings, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    var adam = AdamPart()
    adam.beta1 = try reader.double("adam_beta_1", default: adam.beta1)
    adam.beta2 = try reader.double("adam_beta_2", default: adam.beta2)
    adam.epsilon = try reader.double("epsilon", default: adam.epsilon)
    adam.learningRateRatio = try reader.double("adam_lr_ratio", default: 1)
    if reader.config["adam_weight_decay"] != nil { adam.weightDecay = try reader.optionalDouble("adam_weight_decay") }
    let steps = try reader.int("ns_steps", default: 5)
    guard (0...1000).contains(steps) else { throw reader.error("ns_steps", "must be from 0 to 1000, found \(steps)") }
    let patterns = try (reader.value("exclude_layers")?.array ?? []).map { item in
      guard let pattern = item.string.flatMap(PathPattern.init) else {
        throw reader.error("exclude_layers", "must be plain parts of paths, found \(item.excerpt)")
      }
      return pattern
    }
    self.init(
      learningRate: try reader.learningRate(default: 0.001), adam: adam,
      momentum: try reader.double("momentum", default: 0.95), nesterov: try reader.bool("nesterov", default: true),
      nsSteps: steps,
      coefficients: (
        try reader.double("muon_a", default: 3.4445), try reader.double("muon_b", default: -4.7750),
        try reader.double("muon_c", default: 2.0315)
      ), rmsRate: reader.config["rms_rate"] == nil ? 0.2 : try reader.optionalDouble("rms_rate"),
      excludeLayers: patterns, excludeEmbeddings: try reader.bool("exclude_embeddings", default: true),
      options: try OptimizerOptions(reader, weightDecay: 0.004), name: try reader.string("name", default: "muon"))
  }

  public override var config: Config {
    [
      "adam_beta_1": .number(adam.beta1), "adam_beta_2": .number(adam.beta2), "epsilon": .number(adam.epsilon),
      "exclude_layers": .array(excludeLayers.map { .string($0.text) }), "muon_a": .number(coefficients.a),
      "muon_b": .number(coefficients.b), "muon_c": .number(coefficients.c),
      "adam_lr_ratio": .number(adam.learningRateRatio), "momentum": .number(momentum), "ns_steps": JSONValue(nsSteps),
      "nesterov": .bool(nesterov), "exclude_embeddings": .bool(excludeEmbeddings),
      "adam_weight_decay": JSONValue(adam.weightDecay), "rms_rate": JSONValue(rmsRate),
    ]
  }

  private func usesAdam(_ variable: Variable) -> Bool {
    variable.shape.rank != 2 || (excludeEmbeddings && variable.path.lowercased().contains("embedding"))
      || excludeLayers.contains { $0.matches(variable.path) }
  }

  public override func makeSlots(_ variable: Variable) throws -> [Variable] {
    try (usesAdam(variable) ? ["momentum", "velocity"] : ["momentum"]).map { try makeSlot($0, for: variable) }
  }

  public override var slotGroups: [Range<Int>] { [0..<2] }

  public override func weightDecay(of variable: Variable) -> Double? {
    guard options.decays(variable) else { return nil }
    return usesAdam(variable) ? adam.weightDecay : options.weightDecay
  }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    if slots.count == 2 { return adamUpdate(value, gradient, slots, step) }
    let next = gradient + step[slots[0]] * momentum
    step.assign(slots[0], next)
    let direction = orthogonalized(nesterov ? gradient + next * momentum : next) * step.learningRate
    guard let rmsRate else { return value - direction }
    let extent = Double(Swift.max(value.shape[0], value.shape[1]))
    return value - direction * (extent.squareRoot() * rmsRate)
  }

  private func adamUpdate(_ value: Tensor, _ gradient: Tensor, _ slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let mean = step[slots[0]] + (gradient - step[slots[0]]) * (1 - adam.beta1)
    let square = step[slots[1]] + (gradient.square() - step[slots[1]]) * (1 - adam.beta2)
    step.assign(slots[0], mean)
    step.assign(slots[1], square)
    let correction =
      (1 - Tensor(adam.beta2).power(step.number)).sqrt() / (1 - Tensor(adam.beta1).power(step.number))
    return value - mean * (step.learningRate * adam.learningRateRatio * correction) / (square.sqrt() + adam.epsilon)
  }

  /// Newton–Schulz: all singular values are moved toward 1.
  private func orthogonalized(_ gradient: Tensor) -> Tensor {
    let isTall = gradient.shape[0] > gradient.shape[1]
    var x = isTall ? gradient.transpose() : gradient
    x = x / (x.square().sum().sqrt() + 1e-7)
    for _ in 0..<nsSteps {
      let product = x.matmul(x.transpose())
      let polynomial = product * coefficients.b + product.matmul(product) * coefficients.c
      x = x * coefficients.a + polynomial.matmul(x)
    }
    return isTall ? x.transpose() : x
  }
}
