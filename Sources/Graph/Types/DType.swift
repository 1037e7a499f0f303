/// The type of a tensor's elements, under the names that Keras writes into its files.
public enum DType: String, Hashable, Sendable, CaseIterable {
  case bool
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float16, bfloat16, float32, float64

  /// Bytes one element occupies; a Boolean takes a whole byte (0 or 1).
  public var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  public var isSignedInteger: Bool {
    switch self {
    case .int8, .int16, .int32, .int64: true
    default: false
    }
  }

  public var isUnsignedInteger: Bool {
    switch self {
    case .uint8, .uint16, .uint32, .uint64: true
    default: false
    }
  }

  public var isInteger: Bool { isSignedInteger || isUnsignedInteger }
}

extension DType: CustomStringConvertible {
  public var description: String { rawValue }
}
