import Graph
import ModelFiles

/// Which element types a layer stores its variables in and computes in.
public struct DTypePolicy: Hashable, Sendable {
  /// Keras's name: `float32`, `mixed_bfloat16`, …
  public let name: String
  public let variableDType: DType
  public let computeDType: DType

  public static let float32 = DTypePolicy(.float32)
  /// Variables in float32, arithmetic in bfloat16.
  public static let mixedBFloat16 = DTypePolicy(name: "mixed_bfloat16", variable: .float32, compute: .bfloat16)
  public static let mixedFloat16 = DTypePolicy(name: "mixed_float16", variable: .float32, compute: .float16)

  /// One type for both.
  public init(_ dtype: DType) { self.init(name: dtype.rawValue, variable: dtype, compute: dtype) }

  private init(name: String, variable: DType, compute: DType) {
    self.name = name
    variableDType = variable
    computeDType = compute
  }

  /// The policy of that name, or `nil`.
  public init?(named name: String) {
    switch name {
    case "mixed_bfloat16": self = .mixedBFloat16
    case "mixed_float16": self = .mixedFloat16
    default:
      guard let dtype = DType(rawValue: name) else { return nil }
      self.init(dtype)
    }
  }
}
