import Graph
import ModelFiles

// Functions of single elements. Those without integer values take integers and bool as float32.

extension Tensor {
  private func floating(_ className: String, _ op: UnaryOp) -> Tensor { unary(className) { $0.floating.unary(op) } }

  /// The same values in another element type.
  public func asType(_ dtype: DType) -> Tensor {
    dtype == self.dtype ? self : unary("Cast", ["dtype": .string(dtype.rawValue)]) { $0.converted(to: dtype) }
  }

  public func absolute() -> Tensor { unary("Absolute") { $0.dtype == .bool ? $0 : $0.absoluteValue } }
  public func sign() -> Tensor { unary("Sign") { $0.unary(.sign) } }
  public func square() -> Tensor { unary("Square") { $0.dtype == .bool ? $0.converted(to: .int32) : $0.square() } }
  public func sqrt() -> Tensor { floating("Sqrt", .squareRoot) }
  public func rsqrt() -> Tensor { floating("Rsqrt", .inverseSquareRoot) }
  public func reciprocal() -> Tensor { floating("Reciprocal", .reciprocal) }
  /// The real cube root, negative for negative numbers.
  public func cbrt() -> Tensor {
    unary("Cbrt") { input in
      let x = input.floating
      let root = x.signBit.select(-x, x).power(x.constant(1.0 / 3))
      return x.signBit.select(-root, root)
    }
  }

  /// The same values.
  public func copied() -> Tensor { unary("Copy") { $0 } }

  // MARK: Exponentials and logarithms

  public func exp() -> Tensor { floating("Exp", .exp) }
  public func exp2() -> Tensor { unary("Exp2") { ($0.floating * 0.6931471805599453).exp() } }
  public func expm1() -> Tensor { floating("Expm1", .expMinusOne) }
  public func log() -> Tensor { floating("Log", .log) }
  public func log1p() -> Tensor { floating("Log1p", .logPlusOne) }
  public func log2() -> Tensor { unary("Log2") { $0.floating.log() * 1.4426950408889634 } }
  public func log10() -> Tensor { unary("Log10") { $0.floating.log() * 0.4342944819032518 } }

  // MARK: Trigonometric and hyperbolic functions

  public func sin() -> Tensor { floating("Sin", .sine) }
  public func cos() -> Tensor { floating("Cos", .cosine) }
  public func tan() -> Tensor { floating("Tan", .tangent) }
  public func arcsin() -> Tensor { floating("Arcsin", .arcSine) }
  public func arccos() -> Tensor { floating("Arccos", .arcCosine) }
  public func arctan() -> Tensor { floating("Arctan", .arcTangent) }
  public func sinh() -> Tensor { floating("Sinh", .hyperbolicSine) }
  public func cosh() -> Tensor { floating("Cosh", .hyperbolicCosine) }
  public func tanh() -> Tensor { floating("Tanh", .tanh) }
  public func arcsinh() -> Tensor { floating("Arcsinh", .inverseHyperbolicSine) }
  public func arccosh() -> Tensor { floating("Arccosh", .inverseHyperbolicCosine) }
  public func arctanh() -> Tensor { floating("Arctanh", .inverseHyperbolicTangent) }
  public func deg2rad() -> Tensor { unary("Deg2rad") { $0.floating * (Double.pi / 180) } }
  public func rad2deg() -> Tensor { unary("Rad2deg") { $0.floating * (180 / Double.pi) } }
  /// sin(πx) / (πx), and 1 at 0.
  public func sinc() -> Tensor {
    unary("Sinc") { input in
      let angle = input.floating * Double.pi
      let isZero = angle.equal(angle.constant(0))
      let safe = isZero.select(angle.constant(1), angle)
      return isZero.select(angle.constant(1), safe.unary(.sine) / safe)
    }
  }

  // MARK: Error function

  public func erf() -> Tensor { floating("Erf", .errorFunction) }
  public func erfc() -> Tensor { unary("Erfc") { 1 - $0.floating.unary(.errorFunction) } }
  public func erfinv() -> Tensor { floating("Erfinv", .inverseErrorFunction) }

  // MARK: Rounding

  public func floor() -> Tensor { floating("Floor", .floor) }
  public func ceil() -> Tensor { floating("Ceil", .ceiling) }
  public func trunc() -> Tensor { unary("Trunc") { $0.dtype.isFloatingPoint ? $0.unary(.truncate) : $0 } }
  /// The nearest number with that many decimals; ties go to the even one.
  public func round(decimals: Int = 0) -> Tensor {
    unary("Round", ["decimals": JSONValue(decimals)]) { x in
      guard x.dtype.isFloatingPoint else { return x }
      if decimals == 0 { return x.unary(.roundToEven) }
      let factor = powerOfTen(decimals)
      return (x * factor).unary(.roundToEven) / factor
    }
  }

  /// Values below `low` become `low`, above `high` `high`.
  public func clip(_ low: Double, _ high: Double) -> Tensor {
    unary("Clip", ["x_min": .number(low), "x_max": .number(high)]) {
      $0.numeric.maximum(low).minimum(high)
    }
  }

  // MARK: Parts of numbers, all of which are real

  /// x itself.
  public func real() -> Tensor { unary("Real") { $0 } }
  /// 0.
  public func imag() -> Tensor { unary("Imag") { $0.builder.full(0, $0.type) } }
  /// x itself.
  public func conjugate() -> Tensor { unary("Conjugate") { $0 } }
  public func isReal() -> Tensor { unary("Isreal") { $0.builder.full(1, TensorType(.bool, $0.shape)) } }
  /// 0 for numbers above and π for those below 0.
  public func angle() -> Tensor {
    unary("Angle") { input in
      let x = input.floating
      return x.unary(.isNaN).select(x, x.signBit.select(x.constant(.pi), x.constant(0)))
    }
  }
  /// Whether the sign is a minus, that of −0 too.
  public func signbit() -> Tensor { unary("Signbit") { $0.signBit } }
  /// The same bytes under an element type of the same size.
  public func view(_ dtype: DType) -> Tensor {
    unary("View", ["dtype": .string(dtype.rawValue)]) {
      $0.dtype == dtype ? $0 : $0.builder.add(.bitcast(dtype), [$0])[0]
    }
  }
  /// The same values in another type, those beyond its range moved to its ends.
  public func saturateCast(_ dtype: DType) -> Tensor {
    unary("SaturateCast", ["dtype": .string(dtype.rawValue)]) { x in
      guard x.dtype != .bool, dtype != .bool else { return x.converted(to: dtype) }
      guard dtype.isFloatingPoint else {
        let wide = x.dtype.isFloatingPoint || x.dtype.byteCount <= 4 ? x.converted(to: .float64) : x
        return wide.converted(to: dtype)
      }
      guard x.dtype.isFloatingPoint, x.dtype.byteCount > dtype.byteCount || x.dtype != dtype else {
        return x.converted(to: dtype)
      }
      let limit = Swift.min(dtype.largestFinite, x.dtype.largestFinite)
      return x.maximum(-limit).minimum(limit).converted(to: dtype)
    }
  }
  /// The modified Bessel function of order 0. Source: Cephes' Chebyshev series.
  public func i0() -> Tensor { unary("I0") { $0.floating.bessel0() } }

  // MARK: Infinities and NaN

  public func isNaN() -> Tensor { unary("Isnan") { $0.floating.unary(.isNaN) } }
  public func isInfinite() -> Tensor { unary("Isinf") { $0.floating.unary(.isInfinite) } }
  public func isPositiveInfinity() -> Tensor {
    unary("Isposinf") { $0.floating.equal($0.floating.constant(.infinity)) }
  }
  public func isNegativeInfinity() -> Tensor {
    unary("Isneginf") { $0.floating.equal($0.floating.constant(-.infinity)) }
  }
  public func isFinite() -> Tensor { unary("Isfinite") { $0.floating.unary(.isFinite) } }
  /// NaN and infinities replaced by numbers; infinities by the type's extremes unless said otherwise.
  public func nanToNum(nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil) -> Tensor {
    let config: Config = ["nan": .number(nan), "posinf": JSONValue(posinf), "neginf": JSONValue(neginf)]
    return unary("NanToNum", config) { x in
      guard x.dtype.isFloatingPoint else { return x }
      let limit = x.dtype.largestFinite
      let isInfinite = x.unary(.isInfinite)
      let positive = x.greater(x.constant(0))
      let replaced = positive.select(x.constant(posinf ?? limit), x.constant(neginf ?? -limit))
      return x.unary(.isNaN).select(x.constant(nan), isInfinite.select(replaced, x))
    }
  }

  /// The same values; no gradient flows through.
  public func stopGradient() -> Tensor { unary("StopGradient") { $0.stopGradient() } }
}

extension DType {
  /// The largest number of a floating-point type.
  var largestFinite: Double {
    switch self {
    case .float16: 65504
    case .bfloat16: Double(Float(bitPattern: 0x7f7f_0000))
    case .float64: .greatestFiniteMagnitude
    default: Double(Float.greatestFiniteMagnitude)
    }
  }
}

extension Expression {
  /// `|x|` with the gradient 1 at 0, as in Keras on JAX; that of `absolute` is 0 there.
  var absoluteValue: Expression {
    guard dtype.isFloatingPoint else { return absolute() }
    return absolute() + equal(constant(0)).select(self, constant(0))
  }

  fileprivate var signBit: Expression {
    guard dtype.isFloatingPoint else {
      return dtype.isSignedInteger ? less(constant(0)) : builder.full(0, TensorType(.bool, shape))
    }
    let isNegativeZero = equal(constant(0)).binary(.and, unary(.reciprocal).less(constant(0)))
    return less(constant(0)).binary(.or, isNegativeZero)
  }

  fileprivate func bessel0() -> Expression {
    let x = absolute()
    let small = (x * 0.5 - 2).chebyshev(besselSeriesBelow8)
    let safe = x.maximum(8)
    let large = (32 / safe - 2).chebyshev(besselSeriesFrom8) / safe.squareRoot()
    return x.exp() * x.lessOrEqual(x.constant(8)).select(small, large)
  }

  /// Clenshaw's sum of a Chebyshev series, highest coefficient first.
  private func chebyshev(_ coefficients: [Double]) -> Expression {
    var (first, second, third) = (constant(0), constant(0), constant(0))
    for coefficient in coefficients { (first, second, third) = (self * first - second + coefficient, first, second) }
    return (first - third) * 0.5
  }
}

private let besselSeriesBelow8 = [
  -1.30002500998624804212e-8, 6.04699502254191894932e-8, -2.67079385394061173391e-7, 1.11738753912010371815e-6,
  -4.41673835845875056359e-6, 1.64484480707288970893e-5, -5.75419501008210370398e-5, 1.88502885095841655729e-4,
  -5.76375574538582365885e-4, 1.63947561694133579842e-3, -4.32430999505057594430e-3, 1.05464603945949983183e-2,
  -2.37374148058994688156e-2, 4.93052842396707084878e-2, -9.49010970480476444210e-2, 1.71620901522208775349e-1,
  -3.04682672343198398683e-1, 6.76795274409476084995e-1,
]

private let besselSeriesFrom8 = [
  3.39623202570838634515e-9, 2.26666899049817806459e-8, 2.04891858946906374183e-7, 2.89137052083475648297e-6,
  6.88975834691682398426e-5, 3.36911647825569408990e-3, 8.04490411014108831608e-1,
]

private func powerOfTen(_ exponent: Int) -> Double {
  (0..<Swift.min(abs(exponent), 300)).reduce(1.0) { value, _ in exponent < 0 ? value / 10 : value * 10 }
}

/// Where `condition` holds `x`, elsewhere `y`; shapes broadcast.
public func `where`(_ condition: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
  condition.operation("Where", with: [.tensor(x), .tensor(y)]) { operands in
    let (a, b) = promoted(operands[1], operands[2])
    return operands[0].converted(to: .bool).select(a, b)
  }
}
