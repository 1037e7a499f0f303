import Graph

extension GradientCase {
  static let elementwise: [GradientCase] = unaryCases + binaryCases

  static var all: [GradientCase] {
    elementwise + movement + reductions + linearAlgebra + windows + normalizations + recurrent + controlFlow
      + twice.map(\.derivative)
  }

  /// Where each function is smooth.
  private static func domain(_ op: UnaryOp) -> ClosedRange<Double> {
    switch op {
    case .log, .squareRoot, .inverseSquareRoot, .reciprocal: 0.3...2
    case .inverseHyperbolicCosine: 1.3...3
    case .logPlusOne: -0.5...2
    case .arcSine, .arcCosine, .inverseHyperbolicTangent, .inverseErrorFunction: -0.8...0.8
    case .floor, .ceiling, .roundToEven, .truncate: 0.1...0.4
    case .logGamma, .digamma: 0.2...6
    default: -1.5...1.5
    }
  }

  private static let unaryCases =
    UnaryOp.allCases
    .filter { !$0.isPredicate && $0 != .not && $0 != .populationCount }
    .map { op in GradientCase(op.rawValue, [[7]], in: domain(op)) { [$0[0].unary(op)] } }
    + [
      GradientCase("digamma of negatives", [[5]], in: -0.9 ... -0.1) { [$0[0].unary(.digamma)] },
      GradientCase("logGamma of negatives", [[5]], in: -0.9 ... -0.1) { [$0[0].unary(.logGamma)] },
    ]

  private static let binaryCases =
    [BinaryOp.add, .subtract, .multiply, .maximum, .minimum, .arcTangent2]
    .map { op in GradientCase(op.rawValue, [[2, 3], [3]]) { [$0[0].binary(op, $0[1])] } }
    + [BinaryOp.divide, .power, .remainder].map { op in
      GradientCase(op.rawValue, [[5], [5]], in: 0.4...2.5) { [$0[0].binary(op, $0[1])] }
    }
    + [
      GradientCase("square by power", [[5]]) { [$0[0].power($0[0].constant(2))] },
      GradientCase("select", [[6], [6]]) { [$0[0].greater($0[1]).select($0[0] * 2, $0[1] * $0[0])] },
      GradientCase("convert", [[4]]) { [$0[0].builder.add(.convert(.float64), [$0[0] * 3])[0].square()] },
      GradientCase("stopGradient", [[4]]) { [$0[0] + ($0[0] - $0[0]).stopGradient()] },
    ]
}
