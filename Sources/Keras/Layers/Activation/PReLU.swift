import ModelFiles

/// x above 0, alpha · x below, with a trained alpha for each element of a sample.
///
/// Weights: `alpha`, shaped as a sample, with 1 along `sharedAxes`. Output shape is the input's.
/// Source: He et al. 2015, `keras.layers.PReLU`.
///
/// ```swift
/// let y = PReLU(sharedAxes: [1, 2])(image)  // one alpha a channel
/// ```
public final class PReLU: Layer, ConfigConstructible, @unchecked Sendable {
  public let alphaInitializer: any Initializer
  public let alphaRegularizer: (any Regularizer)?
  public let alphaConstraint: (any Constraint)?
  /// Axes, the batch being axis 0, along which one alpha serves all elements.
  public let sharedAxes: [Int]?
  private var alpha: Variable?

  public init(
    alphaInitializer: any Initializer = .zeros, alphaRegularizer: (any Regularizer)? = nil,
    alphaConstraint: (any Constraint)? = nil, sharedAxes: [Int]? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.alphaInitializer = alphaInitializer
    self.alphaRegularizer = alphaRegularizer
    self.alphaConstraint = alphaConstraint
    self.sharedAxes = sharedAxes
    super.init(name: name, dtype: dtype)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(
    _ alphaInitializer: any Initializer, alphaRegularizer: (any Regularizer)? = nil,
    alphaConstraint: (any Constraint)? = nil, sharedAxes: [Int]? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(
      alphaInitializer: alphaInitializer, alphaRegularizer: alphaRegularizer, alphaConstraint: alphaConstraint,
      sharedAxes: sharedAxes, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      alphaInitializer: try reader.initializer("alpha_initializer", default: .zeros),
      alphaRegularizer: try reader.regularizer("alpha_regularizer"),
      alphaConstraint: try reader.constraint("alpha_constraint"), sharedAxes: try reader.optionalInts("shared_axes"),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x above 0, alpha · x below", example: "PReLU()",
      arguments: [:], inputs: [[nil, 8]])
  }

  public override var config: Config {
    [
      "alpha_initializer": alphaInitializer.serialized, "alpha_regularizer": alphaRegularizer?.serialized ?? nil,
      "alpha_constraint": alphaConstraint?.serialized ?? nil, "shared_axes": JSONValue(sharedAxes),
    ]
  }
  public override var supportsMasking: Bool { true }

  public override func build(_ inputShape: [Int?]) throws {
    let shared = Set(sharedAxes ?? [])
    guard shared.allSatisfy({ $0 >= 1 && $0 < inputShape.count }) else {
      throw KerasError(
        .invalidArgument, "\(name) (PReLU), argument shared_axes",
        "must be from 1 to below \(inputShape.count) for an input of shape \(describe(inputShape)), "
          + "found \(sharedAxes ?? [])")
    }
    var shape: [Int] = []
    for axis in inputShape.indices.dropFirst() {
      guard let extent = shared.contains(axis) ? 1 : inputShape[axis] else {
        throw KerasError(
          .incompatibleShape, name, "needs to know axis \(axis) of its input, found shape \(describe(inputShape))")
      }
      shape.append(extent)
    }
    alpha = try addWeight(
      "alpha", shape: shape, initializer: alphaInitializer, regularizer: alphaRegularizer,
      constraint: alphaConstraint)
    inputSpec = InputSpec(rank: inputShape.count)
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard let alpha else { return input }
    return input.relu() - context[alpha] * (-input).relu()
  }
}
