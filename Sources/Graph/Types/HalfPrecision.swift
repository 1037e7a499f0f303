/// Conversions of the two 16-bit floating-point formats, written out because `Float16` is missing on some platforms.
public enum HalfPrecision {
  /// Round to nearest, ties to even.
  public static func bfloat16Bits(_ value: Float) -> UInt16 {
    if value.isNaN { return 0x7fc0 | UInt16(truncatingIfNeeded: (value.bitPattern >> 16) & 0x8000) }
    let bits = value.bitPattern
    let rounded = bits &+ 0x7fff &+ ((bits >> 16) & 1)
    return UInt16(truncatingIfNeeded: rounded >> 16)
  }

  public static func float(bfloat16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// IEEE binary16, round to nearest, ties to even, with subnormals.
  public static func float16Bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: (bits >> 16) & 0x8000)
    let magnitude = bits & 0x7fff_ffff
    if magnitude > 0x7f80_0000 { return sign | 0x7e00 }
    if magnitude >= 0x4780_0000 { return sign | 0x7c00 }
    if magnitude < 0x3880_0000 {
      // Subnormal: adding 0.5 aligns the mantissa so that the hardware does the rounding.
      let aligned = Float(bitPattern: magnitude) + 0.5
      return sign | UInt16(truncatingIfNeeded: aligned.bitPattern &- Float(0.5).bitPattern)
    }
    let rounded = magnitude &+ 0xfff &+ ((magnitude >> 13) & 1) &- (112 << 23)
    return sign | UInt16(truncatingIfNeeded: rounded >> 13)
  }

  public static func float(float16 bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1f
    let mantissa = UInt32(bits & 0x3ff)
    switch exponent {
    case 0:
      let magnitude = Float(mantissa) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 31: return Float(bitPattern: sign | 0x7f80_0000 | (mantissa << 13))
    default: return Float(bitPattern: sign | ((exponent + 112) << 23) | (mantissa << 13))
    }
  }
}
