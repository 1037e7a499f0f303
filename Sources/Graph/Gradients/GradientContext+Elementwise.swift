extension GradientContext {
  func unary(_ op: UnaryOp) -> Expression {
    switch op {
    case .negate: -g
    case .absolute: g * x.unary(.sign)
    case .exp: g * y
    case .expMinusOne: g * (y + 1)
    case .log: g / x
    case .logPlusOne: g / (x + 1)
    case .squareRoot: g * 0.5 / y
    case .inverseSquareRoot: g * -0.5 * y.square() * y
    case .reciprocal: -g * y.square()
    case .square: g * 2 * x
    case .sine: g * x.unary(.cosine)
    case .cosine: -g * x.unary(.sine)
    case .tangent: g * (y.square() + 1)
    case .arcSine: g * (1 - x.square()).inverseSquareRoot()
    case .arcCosine: -g * (1 - x.square()).inverseSquareRoot()
    case .arcTangent: g / (x.square() + 1)
    case .hyperbolicSine: g * x.unary(.hyperbolicCosine)
    case .hyperbolicCosine: g * x.unary(.hyperbolicSine)
    case .tanh: g * (1 - y.square())
    case .inverseHyperbolicSine: g * (x.square() + 1).inverseSquareRoot()
    case .inverseHyperbolicCosine: g * ((x - 1) * (x + 1)).inverseSquareRoot()
    case .inverseHyperbolicTangent: g / (1 - x.square())
    case .errorFunction: g * (2 / Double.pi.squareRoot()) * (-x.square()).exp()
    case .inverseErrorFunction: g * (Double.pi.squareRoot() / 2) * y.square().exp()
    case .logGamma: g * x.unary(.digamma)
    case .digamma: g * trigamma(x)
    case .sigmoid: g * y * (1 - y)
    case .relu: y.greater(y.constant(0)).select(g, g.constant(0))
    case .sign, .floor, .ceiling, .roundToEven, .truncate, .not, .isNaN, .isInfinite, .isFinite, .populationCount:
      zeros(x.type)
    }
  }

  /// The derivative of the digamma function.
  private func trigamma(_ x: Expression) -> Expression {
    // Reflected into x ≥ ½, shifted upward by the recurrence ψ₁(x) = ψ₁(x + 1) + 1/x², then the asymptotic series.
    let reflected = x.less(x.constant(0.5))
    let z = reflected.select(1 - x, x)
    let shifts = 8
    let sum = (0..<shifts).reduce(zeros(x.type)) { $0 + (z + Double($1)).square().unary(.reciprocal) }
    let r = (z + Double(shifts)).unary(.reciprocal)
    let s = r.square()
    let series = r * s * (1.0 / 6 - s * (1.0 / 30 - s * (1.0 / 42 - s * (1.0 / 30 - s * (5.0 / 66)))))
    let value = sum + r + s * 0.5 + series
    let sine = (x * Double.pi).unary(.sine)
    return reflected.select(Double.pi * Double.pi / sine.square() - value, value)
  }

  func binary(_ op: BinaryOp) -> [Expression?] {
    let (a, b) = (inputs[0], inputs[1])
    switch op {
    case .add: return each(g, g)
    case .subtract: return each(g, -g)
    case .multiply: return each(g * b, g * a)
    case .divide: return each(g / b, -g * y / b)
    case .remainder: return each(g, -g * (a / b).unary(.truncate))
    case .power:
      // At 0 to the power 0 the first is NaN in JAX and TensorFlow alike; neither lets log 0 make the second one NaN.
      return each(g * b * a.power(b - 1), g * y * a.equal(a.constant(0)).select(a.constant(1), a).log())
    case .maximum: return each(share(a.greater(b)), share(b.greater(a)))
    case .minimum: return each(share(a.less(b)), share(b.less(a)))
    case .arcTangent2: return each(g * b / (a.square() + b.square()), -g * a / (a.square() + b.square()))
    case .and, .or, .xor, .shiftLeft, .shiftRightArithmetic, .shiftRightLogical, .nextAfter: return none
    }
  }

  /// The cotangent where this operand won, half of it where both are equal.
  private func share(_ wins: Expression) -> Expression {
    wins.select(g, inputs[0].equal(inputs[1]).select(g * 0.5, g.constant(0)))
  }

  func select() -> [Expression?] {
    let zero = g.constant(0)
    return [nil, needed[1] ? x.select(g, zero) : nil, needed[2] ? x.select(zero, g) : nil]
  }
}
