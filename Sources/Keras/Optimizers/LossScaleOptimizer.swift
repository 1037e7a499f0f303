import Graph
import ModelFiles

/// Multiplies the loss so that small gradients survive in float16, and divides the gradients again for another
/// optimizer. The scale doubles after `dynamicGrowthSteps` steps of finite gradients; gradients that are not finite
/// halve it and change nothing else. Source: `keras.optimizers.LossScaleOptimizer`.
///
/// ```swift
/// try model.compile(optimizer: LossScaleOptimizer(Adam()), loss: .meanSquaredError)
/// ```
public final class LossScaleOptimizer: Optimizer, ConfigConstructible, @unchecked Sendable {
  public let inner: Optimizer
  public let initialScale: Double
  public let dynamicGrowthSteps: Int
  private let stepCounter: Variable
  private let dynamicScale: Variable

  public init(
    _ inner: Optimizer, initialScale: Double = 32768, dynamicGrowthSteps: Int = 2000,
    name: String = "loss_scale_optimizer"
  ) {
    self.inner = inner
    self.initialScale = initialScale
    self.dynamicGrowthSteps = dynamicGrowthSteps
    stepCounter = Variable(
      name: "step_counter", path: "\(name)/step_counter", initial: Buffer(TensorType(.int32, .scalar)),
      trainable: false)
    dynamicScale = Variable(
      name: "dynamic_scale", path: "\(name)/dynamic_scale", initial: Buffer(Literal(initialScale, .float32)),
      trainable: false)
    super.init(0, name: name)
    // Gradients would be divided twice.
    inner.options.lossScaleFactor = nil
  }

  public convenience init(from reader: ConfigReader) throws {
    guard let inner = reader.value("inner_optimizer") else { throw reader.error("inner_optimizer", "is missing") }
    guard serializedObject(inner)?.className.lowercased() != "lossscaleoptimizer" else {
      throw reader.error("inner_optimizer", "must not scale the loss itself")
    }
    guard try reader.bool("dynamic", default: true) else {
      throw reader.error("dynamic", "must be true; loss_scale_factor of the inner optimizer is a fixed scale")
    }
    let steps = try reader.int("dynamic_growth_steps", default: 2000)
    guard steps >= 1 else { throw reader.error("dynamic_growth_steps", "must be at least 1, found \(steps)") }
    self.init(
      try optimizerRegistry.make(inner), initialScale: try reader.double("initial_scale", default: 32768),
      dynamicGrowthSteps: steps, name: try reader.string("name", default: "loss_scale_optimizer"))
  }

  override var serialized: JSONValue {
    serialize(
      module: "keras.optimizers", className: Self.className,
      config: [
        "name": .string(name), "inner_optimizer": inner.serialized, "initial_scale": .number(initialScale),
        "dynamic_growth_steps": JSONValue(dynamicGrowthSteps),
      ])
  }

  override func variables(in order: OptimizerOrder) -> [Variable] {
    super.variables(in: order) + [stepCounter, dynamicScale] + inner.variables(in: order)
  }

  override var innerOptimizers: [(attribute: String, optimizer: Optimizer)] { [("inner_optimizer", inner)] }

  public override var currentLearningRate: Double { inner.currentLearningRate }

  public override func setLearningRate(_ value: Double) throws { try inner.setLearningRate(value) }

  override func requireConstantRate(_ subject: String) throws { try inner.requireConstantRate(subject) }

  override func checkVariables(_ variables: [Variable]) throws { try inner.checkVariables(variables) }

  public override func build(_ variables: [Variable]) throws { try inner.build(variables) }

  public override func finalizeVariableValues() throws { try inner.finalizeVariableValues() }

  override func scaled(_ loss: Tensor, _ step: StepContext) -> Tensor { loss * step[dynamicScale] }

  override func apply(_ gradients: [Tensor], _ trace: Trace) {
    let context = StepContext(trace: trace)
    let (scale, counter) = (context[dynamicScale], context[stepCounter])
    let isFinite = gradients.reduce(Tensor(1, dtype: .bool)) { $0.logicalAnd($1.isFinite().all()) }
    keepOld(inner.trainedVariables + inner.variables, unless: isFinite, trace) {
      inner.apply(gradients.map { $0 / scale.asType($0.dtype) }, trace)
    }
    let grows = counter.equal(Double(dynamicGrowthSteps - 1))
    let counts = isFinite.logicalAnd(grows.logicalNot())
    context.assign(stepCounter, `where`(counts, counter + 1, Tensor(0, dtype: .int32)))
    context.assign(dynamicScale, `where`(isFinite, `where`(grows, scale * 2, scale), scale * 0.5))
  }
}
