/// The type of an array's elements. Raw values are NumPy's names.
public enum ElementType: String, Sendable, CaseIterable {
  case float16, bfloat16, float32, float64
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case bool
  /// Text. Its elements have no fixed size and no ``ArrayData``.
  case string

  /// The bytes of one element; 0 for ``string``.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    case .string: 0
    }
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// The bytes of an array of this type, or nil if a dimension is negative or the product overflows.
  public func byteCount(shape: [Int]) -> Int? {
    var total = byteCount
    // A zero anywhere makes the array empty, however large the other dimensions claim to be.
    if shape.contains(0) { return shape.contains { $0 < 0 } ? nil : 0 }
    for dimension in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: dimension)
      if overflow || dimension < 0 { return nil }
      total = product
    }
    return total
  }
}
