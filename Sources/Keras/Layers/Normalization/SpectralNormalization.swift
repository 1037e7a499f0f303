import Graph
import ModelFiles

/// Wraps a layer and, in training, divides its kernel by an estimate of the kernel's largest singular value.
///
/// The kernel counts as the matrix `[all but the last axis, last axis]`; the estimate comes from power iterations that
/// go on from step to step. The inner layer has a variable `kernel` or `embeddings`.
/// Source: Miyato et al. 2018, `keras.layers.SpectralNormalization`.
///
/// ```swift
/// SpectralNormalization(Conv2D(64, kernelSize: 3))
/// ```
public final class SpectralNormalization: Layer, ConfigConstructible, @unchecked Sendable {
  public let layer: Layer
  public let powerIterations: Int
  private var kernel: Variable?
  /// The estimate of the right singular vector, `[1, the kernel's last extent]`.
  private var vector: Variable?

  /// Each is part of the step's graph.
  private static let mostIterations = 1 << 12

  /// - Parameter powerIterations: how many a training step, from 1 to 4096.
  public init(_ layer: Layer, powerIterations: Int = 1, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.layer = layer
    self.powerIterations = powerIterations
    super.init(name: name, dtype: dtype)
    requireSize("power_iterations", powerIterations)
    if powerIterations > Self.mostIterations {
      reject("power_iterations", "must be at most \(Self.mostIterations), found \(powerIterations)")
    }
    if let error = layer.deferredError { fail(error) }
  }

  public convenience init(from reader: ConfigReader) throws {
    guard let (className, config) = try reader.optionalObject("layer") else {
      throw reader.error("layer", "is missing")
    }
    self.init(
      try LayerRegistry.make(className, config), powerIterations: try reader.int("power_iterations", default: 1),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "the inner layer with its kernel divided by its largest singular value",
      example: "SpectralNormalization(Dense(32))",
      arguments: ["layer": ["class_name": "Dense", "config": ["units": 32]]], inputs: [[nil, 8]])
  }

  public override var config: Config {
    [
      "layer": serialize(
        module: "keras.layers", className: type(of: layer).className,
        config: layer.baseConfig.merging(layer.config)),
      "power_iterations": JSONValue(powerIterations),
    ]
  }

  public override var sublayers: [(attribute: String, layer: Layer)] { [("layer", layer)] }

  public override func build(_ inputShape: [Int?]) throws {
    try layer.buildIfNeeded(shapes: [inputShape])
    guard let kernel = layer.ownVariables.first(where: { ["kernel", "embeddings"].contains($0.name) }) else {
      throw KerasError(
        .invalidArgument, "\(name) (SpectralNormalization), argument layer",
        "must be a layer with a kernel or embeddings, found \(type(of: layer).className)")
    }
    if let extent = inputShape.last ?? nil { inputSpec = InputSpec(minimumRank: 1, axes: [-1: extent]) }
    self.kernel = kernel
    adopt(kernel)
    vector = try addWeight(
      "vector_u", shape: [1, kernel.shape[-1]], initializer: TruncatedNormal(standardDeviation: 0.02),
      dtype: kernel.dtype, trainable: false)
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard context.training, let kernel, let vector else {
      return layer(input, training: context.training).asType(input.dtype)
    }
    let value = context.stored(kernel)
    let (normalized, direction) = normalized(value, context.stored(vector))
    context.assign(vector, direction)
    context.assign(kernel, normalized)
    let output = layer(input, training: true)
    // The division is part of the step's function; what is trained is the kernel itself. One that is not keeps it.
    if trainableWeights.contains(where: { $0 === kernel }) { context.assign(kernel, value) }
    return output.asType(input.dtype)
  }

  /// The kernel divided by its largest singular value, and the vector that belongs to it.
  private func normalized(_ kernel: Tensor, _ start: Tensor) -> (kernel: Tensor, vector: Tensor) {
    let matrix = kernel.reshape([-1, kernel.shape[-1]])
    let transposed = matrix.transpose()
    var (u, v) = (start, start)
    for _ in 0..<powerIterations {
      v = u.matmul(transposed).unitNormalized(axes: nil)
      u = v.matmul(matrix).unitNormalized(axes: nil)
    }
    (u, v) = (u.stopGradient(), v.stopGradient())
    let isZero = kernel.equal(0).all()
    let value = v.matmul(matrix).matmul(u.transpose()).reshape([])
    let divisor = `where`(isZero, Tensor(1, dtype: kernel.dtype), value)
    return (kernel / divisor, `where`(isZero, start, u))
  }
}
