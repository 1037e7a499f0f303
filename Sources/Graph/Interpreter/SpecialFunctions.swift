#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Functions that the C library lacks, to `Double`'s accuracy or nearly so.
enum SpecialFunctions {
  /// log |Γ(x)|.
  static func logGamma(_ x: Double) -> Double {
    if x.isInfinite { return .infinity }
    let (value, _): (Double, Int) = lgamma(x)
    return value
  }

  /// The derivative of log |Γ|: NaN at the poles 0, −1, −2….
  static func digamma(_ x: Double) -> Double {
    if x.isNaN || x == -.infinity { return .nan }
    if x <= 0 {
      if x == x.rounded() { return .nan }
      return digamma(1 - x) - Double.pi / tan(Double.pi * x)
    }
    // Upward by ψ(x) = ψ(x + 1) − 1/x until the asymptotic series is accurate.
    var (y, shift) = (x, 0.0)
    while y < 10 {
      shift -= 1 / y
      y += 1
    }
    let s = 1 / (y * y)
    let series = s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132)))))
    return shift + log(y) - 0.5 / y - series
  }

  /// The inverse of the error function, by Newton's method from Winitzki's approximation.
  static func inverseErrorFunction(_ y: Double) -> Double {
    if y.isNaN || Swift.abs(y) > 1 { return .nan }
    if Swift.abs(y) == 1 { return y * .infinity }
    if y == 0 { return y }
    let (a, l) = (0.147, log1p(-y * y))
    let b = 2 / (Double.pi * a) + l / 2
    var x = copysign(((b * b - l / a).squareRoot() - b).squareRoot(), y)
    for _ in 0..<4 {
      // In the tails 1 − |y| is exact while erf saturates.
      let tail = (1 - Swift.abs(y)) - erfc(Swift.abs(x))
      let error = Swift.abs(y) < 0.5 ? erf(x) - y : y < 0 ? -tail : tail
      let slope = 2 / Double.pi.squareRoot() * exp(-x * x)
      guard slope > 0 else { break }
      // Halley's correction, for a step that converges cubically.
      let step = error / slope
      x -= step / (1 + x * step)
    }
    return x
  }
}
