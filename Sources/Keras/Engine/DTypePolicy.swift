import Graph
import ModelFiles

/// Which element types a layer stores its variables in and computes in.
public struct DTypePolicy: Hashable, Sendable {
  /// Keras's name: `float32`, `mixed_bfloat16`, `int8_from_float32`, …
  public let name: String
  public let variableDType: DType
  public let computeDType: DType
  /// How weights are kept, where they are quantized.
  let quantization: QuantizationMode?
  /// The policies of layers inside, by their paths.
  private(set) var exceptions: [String: DTypePolicy] = [:]

  public static let float32 = DTypePolicy(.float32)
  /// Variables in float32, arithmetic in bfloat16.
  public static let mixedBFloat16 = DTypePolicy(name: "mixed_bfloat16", variable: .float32, compute: .bfloat16)
  public static let mixedFloat16 = DTypePolicy(name: "mixed_float16", variable: .float32, compute: .float16)

  /// One type for both.
  public init(_ dtype: DType) { self.init(name: dtype.rawValue, variable: dtype, compute: dtype) }

  private init(name: String, variable: DType, compute: DType, quantization: QuantizationMode? = nil) {
    self.name = name
    variableDType = variable
    computeDType = compute
    self.quantization = quantization
  }

  /// The policy of that name, or `nil`.
  public init?(named name: String) {
    switch name {
    case "mixed_bfloat16": self = .mixedBFloat16
    case "mixed_float16": self = .mixedFloat16
    default:
      if let dtype = DType(rawValue: name) {
        self.init(dtype)
      } else {
        guard let separator = name.firstRange(of: "_from_"),
          let mode = QuantizationMode(String(name[..<separator.lowerBound])),
          let source = DTypePolicy(named: String(name[separator.upperBound...]))
        else { return nil }
        self.init(mode, from: source)
      }
    }
  }

  /// Weights quantized, everything else as `source` says; `nil` where that one quantizes as well.
  init?(_ mode: QuantizationMode, from source: DTypePolicy) {
    guard source.quantization == nil else { return nil }
    self.init(
      name: "\(mode.text)_from_\(source.name)", variable: source.variableDType, compute: source.computeDType,
      quantization: mode)
  }

  /// The same without quantization.
  var sourceName: String { name.firstRange(of: "_from_").map { String(name[$0.upperBound...]) } ?? name }

  /// This policy with those of layers inside.
  func with(exceptions: [String: DTypePolicy]) -> DTypePolicy {
    var result = self
    result.exceptions = exceptions
    return result
  }

  /// The policy of a layer inside, by the end of its path.
  func policy(at path: String) -> DTypePolicy {
    if let exact = exceptions[path] { return exact }
    let inside = exceptions.filter { $0.key.hasSuffix("/" + path) }
    return inside.count == 1 ? inside.first?.value ?? self : with(exceptions: [:])
  }
}
