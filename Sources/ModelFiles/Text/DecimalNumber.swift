/// Parsing and printing of decimal floating-point numbers.
enum DecimalNumber {
  /// 10⁰ to 10²², the powers that a `Double` holds exactly.
  private static let exactPowers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22,
  ]

  /// The double nearest to the decimal number that fills `text` completely, such as `-1.25e-3`, or nil.
  ///
  /// Signs, an omitted integer or fraction part, and an exponent are allowed; hexadecimal digits, spaces and words are
  /// not. Numbers out of range become infinity or zero, as in Python.
  static func parse(_ text: ArraySlice<UInt8>) -> Double? {
    guard let parts = Parts(text) else { return nil }
    // Both factors are exact here, so one rounding gives the nearest double.
    if parts.digitCount <= 19, parts.mantissa <= 1 << 53, abs(parts.exponent) <= 22 {
      let magnitude = Double(parts.mantissa)
      let power = exactPowers[abs(parts.exponent)]
      let value = parts.exponent < 0 ? magnitude / power : magnitude * power
      return parts.isNegative ? -value : value
    }
    return Double(String(decoding: text, as: UTF8.self))
  }

  private struct Parts {
    var isNegative = false
    var mantissa: UInt64 = 0
    /// Digits that count for the mantissa, which is meaningless beyond 19.
    var digitCount = 0
    var exponent = 0

    init?(_ text: ArraySlice<UInt8>) {
      var index = text.startIndex
      func byte() -> UInt8 { index < text.endIndex ? text[index] : 0 }
      if byte() == UInt8(ascii: "-") || byte() == UInt8(ascii: "+") {
        isNegative = byte() == UInt8(ascii: "-")
        index += 1
      }
      var hasDigits = false
      var isFraction = false
      while index < text.endIndex {
        let digit = byte() &- UInt8(ascii: "0")
        if digit <= 9 {
          hasDigits = true
          if digitCount > 0 || digit != 0 { digitCount += 1 }
          if digitCount <= 19 { mantissa = mantissa * 10 + UInt64(digit) }
          if isFraction { exponent -= 1 }
        } else if byte() == UInt8(ascii: "."), !isFraction {
          isFraction = true
        } else {
          break
        }
        index += 1
      }
      guard hasDigits else { return nil }
      if byte() | 0x20 == UInt8(ascii: "e") {
        index += 1
        var isExponentNegative = false
        if byte() == UInt8(ascii: "-") || byte() == UInt8(ascii: "+") {
          isExponentNegative = byte() == UInt8(ascii: "-")
          index += 1
        }
        var written = 0
        let start = index
        while index < text.endIndex, byte() &- UInt8(ascii: "0") <= 9 {
          // Saturates: beyond this, every double is infinite or zero.
          written = min(written * 10 + Int(byte() &- UInt8(ascii: "0")), 1_000_000)
          index += 1
        }
        guard index > start else { return nil }
        exponent += isExponentNegative ? -written : written
      }
      guard index == text.endIndex else { return nil }
    }
  }
}
