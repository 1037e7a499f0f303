import Graph
import ModelFiles

/// Steps scaled by a root mean square of the gradient that is kept as row and column means only, and by the size of
/// the variable. Source: Shazeer and Stern 2018, `keras.optimizers.Adafactor`.
public final class Adafactor: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let beta2Decay: Double
  public let epsilon1: Double
  public let epsilon2: Double
  public let clipThreshold: Double
  public let relativeStep: Bool

  public init(
    learningRate: LearningRate = 0.001, beta2Decay: Double = -0.8, epsilon1: Double = 1e-30, epsilon2: Double = 1e-3,
    clipThreshold: Double = 1, relativeStep: Bool = true,
    options: OptimizerOptions = OptimizerOptions(), name: String = "adafactor"
  ) {
    self.beta2Decay = beta2Decay
    self.epsilon1 = epsilon1
    self.epsilon2 = epsilon2
    self.clipThreshold = clipThreshold
    self.relativeStep = relativeStep
    super.init(learningRate, options: options, name: name)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      learningRate: try reader.learningRate(default: 0.001),
      beta2Decay: try reader.double("beta_2_decay", default: -0.8),
      epsilon1: try reader.double("epsilon_1", default: 1e-30),
      epsilon2: try reader.double("epsilon_2", default: 1e-3),
      clipThreshold: try reader.double("clip_threshold", default: 1),
      relativeStep: try reader.bool("relative_step", default: true),
      options: try OptimizerOptions(reader),
      name: try reader.string("name", default: "adafactor"))
  }

  public override var config: Config {
    [
      "beta_2_decay": .number(beta2Decay),
      "epsilon_1": .number(epsilon1),
      "epsilon_2": .number(epsilon2),
      "clip_threshold": .number(clipThreshold),
      "relative_step": .bool(relativeStep),
    ]
  }

  /// Row means, column means (scalars that stay 0 for vectors) and the estimate of the square.
  public override func makeSlots(_ variable: Variable) throws -> [Variable] {
    let extents = variable.shape.dimensions
    let isMatrix = extents.count >= 2
    let rows = isMatrix ? Shape(Array(extents.dropLast())) : .scalar
    let columns = isMatrix ? Shape(Array(extents.dropLast(2)) + extents.suffix(1)) : .scalar
    let path = isMatrix ? "\(name)/\(variable.name)" : variable.name
    let means = [rows, columns].map { shape in
      let type = TensorType(variable.dtype, shape)
      return Variable(name: variable.name, path: path, type: type, trainable: false) { Buffer(type) }
    }
    return means + [try makeSlot("velocity", for: variable)]
  }

  override func isPlaceholder(_ slot: Variable) -> Bool {
    slots.contains { $0.count == 3 && $0[2].shape.rank < 2 && ($0[0] === slot || $0[1] === slot) }
  }

  public override func update(_ value: Tensor, gradient: Tensor, slots: [Variable], _ step: OptimizerStep) -> Tensor {
    let rate = relativeStep ? step.learningRate.minimum(1 / step.number.sqrt()) : step.learningRate
    let size = rootMeanSquare(value).maximum(epsilon2) * rate.minimum(1 / step.number.sqrt())
    let square = gradient.square() + epsilon1
    let decay = 1 - step.number.power(beta2Decay)
    let estimate: Tensor
    if value.rank >= 2 {
      let rows = step[slots[0]] * decay + square.mean(axis: [-1]) * (1 - decay)
      let columns = step[slots[1]] * decay + square.mean(axis: [-2]) * (1 - decay)
      step.assign(slots[0], rows)
      step.assign(slots[1], columns)
      estimate = (rows / rows.mean(axis: [-1], keepDims: true)).expandDims(-1) * columns.expandDims(-2)
    } else {
      estimate = step[slots[2]] * decay + square * (1 - decay)
    }
    step.assign(slots[2], estimate)
    let change = gradient / estimate.sqrt()
    return value - change / (rootMeanSquare(change) / clipThreshold).maximum(1) * size
  }

  private func rootMeanSquare(_ x: Tensor) -> Tensor { x.square().mean().sqrt() }
}
