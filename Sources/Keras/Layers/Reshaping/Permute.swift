import ModelFiles

/// Reorders the axes of each sample: axis `i` of the output is axis `dims[i]` of the input, counted from 1 without the
/// batch. Source: `keras.layers.Permute`.
///
/// ```swift
/// Permute([2, 1])   // [batch, 10, 64] becomes [batch, 64, 10]
/// ```
public final class Permute: Layer, ConfigConstructible, @unchecked Sendable {
  public let dims: [Int]

  /// - Parameter dims: the numbers from 1 to the number of axes, each once.
  public init(_ dims: [Int], name: String? = nil, dtype: DTypePolicy = .float32) {
    self.dims = dims
    super.init(name: name, dtype: dtype)
    if dims.sorted() != Array(1..<(dims.count + 1)) {
      reject("dims", "must hold each number from 1 to \(dims.count) once, found \(dims)")
    }
    inputSpec = InputSpec(rank: dims.count + 1)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(try reader.optionalInts("dims") ?? [], name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .core, "axis i of the output is axis dims[i] of the input", example: "Permute([2, 1])",
      arguments: ["dims": [2, 1]], inputs: [[nil, 10, 8]])
  }

  public override var config: Config { ["dims": JSONValue(dims)] }
  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor { input.transpose([0] + dims) }
}
