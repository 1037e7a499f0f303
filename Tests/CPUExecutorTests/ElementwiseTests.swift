import CPUExecutor
import Graph
import Testing

@Suite struct ElementwiseTests {
  static let shapes: [Shape] = [[], [0], [1], [7], [3, 17], [2, 3, 5], [1500]]

  static func tolerance(_ dtype: DType) -> Tolerance {
    switch dtype {
    case .float16, .bfloat16: .half
    case .float32: Tolerance(absolute: 1e-7, relative: 1e-6)
    case .float64: Tolerance(absolute: 1e-12, relative: 1e-12)
    default: .exact
    }
  }

  static func fits(_ op: UnaryOp, _ dtype: DType) -> Bool {
    (try? Op.unary(op).inferTypes([TensorType(dtype, .scalar)])) != nil
  }

  static func fits(_ op: BinaryOp, _ dtype: DType) -> Bool {
    let type = TensorType(dtype, .scalar)
    return (try? Op.binary(op).inferTypes([type, type])) != nil
  }

  /// Where the function is defined and well conditioned.
  static func domain(_ op: UnaryOp) -> ClosedRange<Double> {
    switch op {
    case .arcSine, .arcCosine, .inverseHyperbolicTangent, .inverseErrorFunction: -0.9...0.9
    case .inverseHyperbolicCosine: 1.1...3
    case .log, .squareRoot, .inverseSquareRoot, .reciprocal: 0.1...5
    case .logPlusOne: -0.5...3
    case .logGamma, .digamma: 2.5...5
    default: -3...3
    }
  }

  @Test(arguments: DType.allCases) func unary(_ dtype: DType) throws {
    for op in UnaryOp.allCases where Self.fits(op, dtype) {
      for shape in Self.shapes {
        try expectConforms(
          [TensorType(dtype, shape)], Self.tolerance(dtype), range: Self.domain(op), comment: "\(op) \(shape)"
        ) { [$0[0].unary(op)] }
      }
    }
  }

  @Test(arguments: DType.allCases) func binary(_ dtype: DType) throws {
    for op in BinaryOp.allCases where Self.fits(op, dtype) {
      for shape in [[13], [2, 9]] as [Shape] {
        let range: ClosedRange<Double> = op == .power && dtype.isFloatingPoint ? 0.2...2 : -2...2
        try expectConforms(
          [TensorType(dtype, shape), TensorType(dtype, shape)], Self.tolerance(dtype), range: range,
          comment: "\(op) \(shape)"
        ) { [$0[0].binary(op, $0[1])] }
      }
    }
  }

  @Test(arguments: DType.allCases) func comparisonsAndSelection(_ dtype: DType) throws {
    for comparison in Comparison.allCases {
      let type = TensorType(dtype, [5, 7])
      try expectConforms([type, type], .exact, comment: "\(comparison)") {
        let test = $0[0].compare(comparison, $0[1])
        return [test, test.select($0[1], $0[0])]
      }
    }
  }

  @Test(arguments: DType.allCases) func conversions(_ dtype: DType) throws {
    for target in DType.allCases {
      try expectConforms([TensorType(dtype, [3, 11])], .exact, range: -300...300, comment: "to \(target)") {
        [$0[0].converted(to: target)]
      }
    }
  }

  @Test func extremeFloats() throws {
    let values: [Float] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
      .leastNormalMagnitude, .leastNonzeroMagnitude, 88.7, 88.8, -87.4, -103, -104, 1e-8, -1e-8, 0.5, -0.5, 10, 20, -20,
      3e38, 1e10, -1e10, 127.5, 255.9, 2147483648, 4294967296,
    ]
    let buffer = Buffer(TensorType(.float32, [values.count]))
    for (index, value) in values.enumerated() {
      buffer.pointer.storeBytes(of: value, toByteOffset: index * 4, as: Float.self)
    }
    let smooth: [UnaryOp] = [
      .expMinusOne, .log, .logPlusOne, .tanh, .sigmoid, .errorFunction, .relu, .squareRoot, .inverseSquareRoot,
      .sign, .floor, .ceiling, .roundToEven, .truncate, .isNaN, .isInfinite, .isFinite, .absolute, .negate,
    ]
    for op in smooth {
      let builder = GraphBuilder()
      let graph = try builder.finish([builder.parameter(buffer.type).unary(op)])
      try expectConforms(graph, [buffer], Tolerance(absolute: 1e-44, relative: 1e-6), comment: "\(op)")
    }
    for target in DType.allCases where !target.isFloatingPoint {
      let builder = GraphBuilder()
      let graph = try builder.finish([builder.parameter(buffer.type).converted(to: target)])
      try expectConforms(graph, [buffer], .exact, comment: "to \(target)")
    }
  }

  @Test func broadcasts() throws {
    for (rows, columns) in [(1, 1), (1, 33), (3, 5), (700, 1), (700, 5), (3, 33), (700, 33)] {
      let matrix = TensorType(.float32, [rows, columns])
      try expectConforms(
        [matrix, TensorType(.float32, [columns]), TensorType(.float32, [rows, 1]), TensorType(.float32, [])],
        comment: "\(rows)×\(columns)"
      ) { [($0[0] + $0[1]) * $0[2] - $0[3], $0[1].broadcast(to: matrix.shape)] }
    }
    try expectConforms([TensorType(.bfloat16, [4, 1, 3]), TensorType(.bfloat16, [1, 5, 3])], .half) {
      [$0[0] * $0[1]]
    }
  }

  /// Parts of an operand, read where they lie.
  @Test(arguments: DType.allCases) func slices(_ dtype: DType) throws {
    try expectConforms([TensorType(dtype, [3, 5, 12]), TensorType(dtype, [3, 5, 3])], .exact) { p in
      let parts = (0..<4).map { p[0].slice(axis: 2, (3 * $0)..<(3 * $0 + 3)) }
      let strided = p[0].slice(axis: 1, 1..<5, stride: 3).slice(axis: 2, 2..<11, stride: 4)
      return [
        parts[3].equal(p[1]).select(parts[0], parts[2]), parts[1], parts[1].equal(parts[2]),
        strided.equal(strided.reverse(axes: [0])), p[0].slice(axis: 0, 1..<2).equal(p[0]),
      ]
    }
  }

  /// A result must not take the memory of an operand that is also read elsewhere than in step.
  @Test func partsOfAnOverwrittenOperand() throws {
    try expectConforms([TensorType(.float32, [4, 6]), TensorType(.float32, [6, 6])], .balanced) { p in
      let (x, y, z) = (p[0].matmul(p[1]), p[0].matmul(p[1] * 2), p[0].matmul(p[1] * 3))
      return [
        x * x.slice(axis: 0, 1..<2), y.reverse(axes: [0]) + y * y.slice(axis: 1, 2..<3),
        z.slice(axis: 0, 2..<4) + z.slice(axis: 0, 1..<3),
      ]
    }
  }

  @Test func countersAndRandomBits() throws {
    for count in [1, 4, 5, 63, 4099] {
      try expectConforms([TensorType(.uint32, [2])], .exact, range: 0...1e6) {
        let bits = $0[0].randomBits([count])
        let position = $0[0].builder.iota(TensorType(.int32, [count]), axis: 0)
        return [bits, $0[0].randomUniform([count]), position + position]
      }
    }
    for axis in 0..<3 {
      for dtype in DType.allCases where dtype != .bool {
        let builder = GraphBuilder()
        let graph = try builder.finish([builder.iota(TensorType(dtype, [3, 4, 5]), axis: axis)])
        try expectConforms(graph, [], .exact)
      }
    }
  }

  @Test func fusedChainsEqualSingleOperations() throws {
    let type = TensorType(.float32, [37, 19])
    let row = TensorType(.float32, [19])
    try expectConforms([type, type, row], .balanced) { p in
      let a = (p[0] * p[1] + p[2]).tanh()
      let b = a.sigmoid() * 0.5 + p[0].square()
      let mask = b.greater(b.constant(0.3))
      return [a, mask.select(b, a), mask.converted(to: .float32) * p[2], (a - b).reshape([19, 37]).exp()]
    }
  }

  @Test func programsLargerThanOneGroup() throws {
    try expectConforms([TensorType(.float32, [100])], .balanced) { p in
      var x = p[0]
      for step in 0..<150 { x = x * 0.9 + Double(step % 3) * 0.01 }
      return [x]
    }
  }
}
