import ModelFiles

/// Repeats each time step `size` times: `[batch, steps, features]` becomes `[batch, steps · size, features]`.
/// Source: `keras.layers.UpSampling1D`.
public final class UpSampling1D: Layer, ConfigConstructible, @unchecked Sendable {
  public let size: Int

  /// - Parameter size: how often, at least 1.
  public init(size: Int = 2, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.size = size
    super.init(name: name, dtype: dtype)
    requireSize("size", size)
    inputSpec = InputSpec(rank: 3)
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ size: Int, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(size: size, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(size: try reader.int("size", default: 2), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "each element repeated", example: "UpSampling1D(size: 2)",
      arguments: [:], inputs: [[nil, 10, 8]])
  }

  public override var config: Config { ["size": JSONValue(size)] }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    input.repeatingElements([1, size, 1])
  }
}

extension Tensor {
  /// Each element repeated `factors[i]` times along axis `i`.
  func repeatingElements(_ factors: [Int]) -> Tensor {
    let extents = shape.dimensions
    let apart = zip(extents, factors).flatMap { extent, factor in factor == 1 ? [extent] : [extent, 1] }
    let repeated = zip(extents, factors).flatMap { extent, factor in factor == 1 ? [extent] : [extent, factor] }
    return reshape(apart).broadcast(to: repeated).reshape(zip(extents, factors).map { $0 &* $1 })
  }
}
