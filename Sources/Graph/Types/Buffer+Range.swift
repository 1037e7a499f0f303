extension Buffer {
  /// The first element that is outside a range of whole numbers once its fraction is cut off.
  ///
  /// - Returns: its position in row-major order, and the number; `nil` where all are inside, or of a type that is never
  ///   used for positions.
  public func firstElement(outside range: ClosedRange<Int>) -> (position: Int, value: Double)? {
    switch type.dtype {
    case .int8: first(Int8.self, outside: range)
    case .int16: first(Int16.self, outside: range)
    case .int32: first(Int32.self, outside: range)
    case .int64: first(Int64.self, outside: range)
    case .uint8: first(UInt8.self, outside: range)
    case .uint16: first(UInt16.self, outside: range)
    case .uint32: first(UInt32.self, outside: range)
    case .uint64: first(UInt64.self, outside: range)
    case .float32: first(Float.self, outside: range)
    case .float64: first(Double.self, outside: range)
    default: nil
    }
  }

  private func first<Element: FixedWidthInteger>(
    _ type: Element.Type, outside range: ClosedRange<Int>
  ) -> (position: Int, value: Double)? {
    let elements = bytes.bindMemory(to: type)
    let (lower, upper) = (Element(clamping: range.lowerBound), Element(clamping: range.upperBound))
    return elements.firstIndex { $0 < lower || $0 > upper }.map { ($0, Double(elements[$0])) }
  }

  private func first<Element: BinaryFloatingPoint>(
    _ type: Element.Type, outside range: ClosedRange<Int>
  ) -> (position: Int, value: Double)? {
    let elements = bytes.bindMemory(to: type)
    let (lower, upper) = (Element(range.lowerBound) - 1, Element(range.upperBound) + 1)
    // Written so that what is no number is outside.
    return elements.firstIndex { !($0 > lower && $0 < upper) }.map { ($0, Double(elements[$0])) }
  }
}
