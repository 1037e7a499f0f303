#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Double {
  /// A function of this number; predicates give 1 or 0.
  fileprivate func applying(_ op: UnaryOp) -> Double {
    let x = self
    return switch op {
    case .negate: -x
    case .absolute: Swift.abs(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .exp: exp(x)
    case .expMinusOne: expm1(x)
    case .log: log(x)
    case .logPlusOne: log1p(x)
    case .squareRoot: x.squareRoot()
    case .inverseSquareRoot: 1 / x.squareRoot()
    case .reciprocal: 1 / x
    case .square: x * x
    case .sine: sin(x)
    case .cosine: cos(x)
    case .tangent: tan(x)
    case .arcSine: asin(x)
    case .arcCosine: acos(x)
    case .arcTangent: atan(x)
    case .hyperbolicSine: sinh(x)
    case .hyperbolicCosine: cosh(x)
    case .tanh: tanh(x)
    case .inverseHyperbolicSine: asinh(x)
    case .inverseHyperbolicCosine: acosh(x)
    case .inverseHyperbolicTangent: atanh(x)
    case .errorFunction: erf(x)
    case .inverseErrorFunction: SpecialFunctions.inverseErrorFunction(x)
    case .logGamma: SpecialFunctions.logGamma(x)
    case .digamma: SpecialFunctions.digamma(x)
    case .sigmoid: x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x))
    case .relu: x > 0 || x.isNaN ? x : 0
    case .floor: x.rounded(.down)
    case .ceiling: x.rounded(.up)
    case .roundToEven: x.rounded(.toNearestOrEven)
    case .truncate: x.rounded(.towardZero)
    case .isNaN, .isInfinite, .isFinite: op.holds(x) ? 1 : 0
    case .not, .populationCount: .nan
    }
  }
}

extension UnaryOp {
  /// The function of a floating-point number; predicates give 1 or 0.
  func apply(_ x: Double) -> Double { x.applying(self) }

  /// The predicate of a floating-point number.
  func holds(_ x: Double) -> Bool {
    switch self {
    case .isNaN: x.isNaN
    case .isInfinite: x.isInfinite
    default: x.isFinite
    }
  }

  /// The function of an integer or a Boolean; the result still has to wrap around.
  func apply(_ x: Int64, _ dtype: DType) -> Int64 {
    switch self {
    case .negate: 0 &- x
    case .absolute: dtype.isSignedInteger && x < 0 ? 0 &- x : x
    case .sign: dtype.isSignedInteger ? x.signum() : x == 0 ? 0 : 1
    case .square: x &* x
    case .relu: dtype.isSignedInteger ? Swift.max(x, 0) : x
    case .not: dtype == .bool ? 1 - x : ~x
    case .populationCount: Int64(dtype.bits(x).nonzeroBitCount)
    default: x  // rounding
    }
  }
}
