import Graph
import ModelFiles

/// Gives the elements of each sample another shape: `[batch, …]` becomes `[batch] + targetShape`.
///
/// ```swift
/// Reshape([-1, 4])   // [batch, 3, 8] becomes [batch, 6, 4]
/// ```
///
/// Source: `keras.layers.Reshape`.
public final class Reshape: Layer, ConfigConstructible, @unchecked Sendable {
  public let targetShape: [Int]

  /// - Parameter targetShape: without the batch; one extent may be -1: what the others leave.
  public init(_ targetShape: [Int], name: String? = nil, dtype: DTypePolicy = .float32) {
    self.targetShape = targetShape
    super.init(name: name, dtype: dtype)
    if targetShape.filter({ $0 == -1 }).count > 1 {
      reject("target_shape", "may have one unknown extent (-1) only, found \(targetShape)")
    }
    if targetShape.contains(where: { $0 < -1 }) {
      reject("target_shape", "must have extents of at least 0, or -1, found \(targetShape)")
    }
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(try reader.optionalInts("target_shape") ?? [], name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .core, "the same elements in another shape; −1 is inferred", example: "Reshape([-1, 4])",
      arguments: ["target_shape": [-1, 4]], inputs: [[nil, 10, 8]])
  }

  public override var config: Config { ["target_shape": JSONValue(targetShape)] }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    let count = input.shape.dimensions.dropFirst().reduce(1, &*)
    let target = resolved(targetShape, elementCount: count)
    guard target.isValid, target.elementCount == count else {
      return Tensor(
        failure: KerasError(
          .incompatibleShape, "\(name) (Reshape), argument target_shape",
          "\(targetShape) does not hold the \(count) elements of a sample of shape "
            + "\(Array(input.shape.dimensions.dropFirst()))"))
    }
    return input.reshape([input.shape[0]] + target.dimensions)
  }
}
