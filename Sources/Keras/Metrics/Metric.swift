import Graph
import ModelFiles

/// A number that sums up many batches: it keeps sums in variables and gives its value on demand.
open class Metric: @unchecked Sendable {
  /// The name under which Keras's files know the class.
  open class var className: String { String(describing: self) }
  /// What logs and `History` call it.
  public let name: String
  /// The state, zero at the start of each epoch.
  public private(set) var variables: [Variable] = []

  public init(name: String) { self.name = name }

  /// Keeps a float32 variable of this shape, zero at first.
  public func addVariable(_ name: String, shape: Shape = .scalar) -> Variable {
    let variable = Metric.makeVariable(name, shape, owner: self.name)
    variables.append(variable)
    return variable
  }

  static func makeVariable(_ name: String, _ shape: Shape, _ dtype: DType = .float32, owner: String) -> Variable {
    let type = TensorType(dtype, shape)
    return Variable(name: name, path: "\(owner)/\(name)", type: type, trainable: false) { Buffer(type) }
  }

  /// Keeps variables that a subclass made before its superclass was initialized.
  func track(_ variables: [Variable]) { self.variables += variables }

  /// Takes a batch into account. Whether the prediction's mask counts is the metric's own matter, as in Keras: it does
  /// for means over samples, and for no others.
  open func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {}

  /// The value so far.
  open func result(_ step: StepContext) -> Tensor { Tensor(0) }

  /// Whether larger values are better; `nil` where that depends on the task, as for counts. Callbacks with the mode `auto`
  /// go by it.
  open var isLargerBetter: Bool? { MetricDirection.byClass[type(of: self).className] }

  /// The constructor's arguments under Keras's names, without the name.
  open var config: Config { [:] }

  /// How a file stores the metric.
  open var serialized: JSONValue {
    serialize(
      module: "keras.metrics", className: Self.className, config: (["name": .string(name)] as Config).merging(config))
  }

  /// The metric to use for a model with outputs and targets of these shapes.
  func resolved(loss: (any Loss)?, outputShape: [Int?], targetShape: [Int?]) throws -> Metric { self }

  /// Forgets all batches.
  public func reset() {
    for variable in variables { variable.reset() }
  }
}

/// A mean over samples: of a loss, or of a function of targets and predictions.
open class MeanMetric: Metric, @unchecked Sendable {
  private lazy var total = addVariable("total")
  private lazy var count = addVariable("count")

  public override init(name: String) {
    super.init(name: name)
    (_, _) = (total, count)
  }

  /// The value of each sample.
  open func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor { yPred }

  /// Whether places that the prediction's mask hides do not count.
  var heedsMask: Bool { true }

  open override func update(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, _ step: StepContext) {
    let values = values(yTrue, yPred.masked(by: nil))
    var weight = masked(sampleWeight, by: heedsMask ? yPred.mask : nil)
    // Places that a loss leaves out, such as those of `ignoreClass`, count as 0 in a mean without weights.
    if weight != nil { weight = masked(weight, by: values.mask) }
    add(values, weight: weight, step)
  }

  /// Weights that are 0 where a mask hides a place, in the rank of the two that is higher.
  private func masked(_ weight: Tensor?, by mask: Tensor?) -> Tensor? {
    guard let mask = mask?.asType(.float32) else { return weight }
    guard let weight = weight?.asType(.float32) else { return mask }
    return weight.withTrailingAxes(of: mask) * mask.withTrailingAxes(of: weight)
  }

  func add(_ values: Tensor, weight: Tensor?, _ step: StepContext) {
    var values = values.asType(.float32)
    var number = Tensor(Double(values.rank == 0 ? 1 : values.shape[0]))
    if var weight = weight?.asType(.float32) {
      while weight.rank > values.rank, weight.shape[-1] == 1 { weight = weight.squeeze(-1) }
      if weight.rank > values.rank { weight = weight.mean(axis: Array(values.rank..<weight.rank)) }
      if weight.rank < values.rank { values = values.mean(axis: Array(weight.rank..<values.rank)) }
      values = values * weight
      number = (weight.rank > 1 ? weight.mean(axis: Array(1..<weight.rank)) : weight).sum()
    }
    // As in Keras a sample counts once, however many values it has.
    if values.rank > 1 { values = values.mean(axis: Array(1..<values.rank)) }
    step.assign(total, step[total] + values.sum())
    step.assign(count, step[count] + number)
  }

  open override func result(_ step: StepContext) -> Tensor {
    // Nothing counted gives 0, not NaN.
    `where`(step[count].equal(0), Tensor(0), step[total] / step[count].maximum(1e-30))
  }
}
