import Graph
import ModelFiles

/// `gain` on the diagonal of a matrix, 0 elsewhere.
public struct IdentityInitializer: Initializer, ConfigConstructible {
  public static let className = "Identity"
  public let gain: Double

  public init(gain: Double = 1) { self.gain = gain }
  public init(from reader: ConfigReader) throws { gain = try reader.double("gain", default: 1) }
  public var config: Config { ["gain": .number(gain)] }

  /// - Throws: `KerasError` where the shape is not a matrix's.
  public func initialize(_ type: TensorType) throws -> Buffer {
    guard type.shape.rank == 2 else {
      throw KerasError(.incompatibleShape, Self.className, "makes matrices, not tensors of shape \(type.shape)")
    }
    var elements = [Double](repeating: 0, count: type.shape.elementCount)
    for index in 0..<Swift.min(type.shape[0], type.shape[1]) { elements[index * (type.shape[1] + 1)] = gain }
    return try Tensor(elements, shape: type.shape, dtype: type.dtype).buffer()
  }
}

extension Initializer where Self == IdentityInitializer {
  public static var identity: IdentityInitializer { IdentityInitializer() }
}
