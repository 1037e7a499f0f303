import Graph
import Testing

/// Finite differences of every gradient rule.
@Suite struct GradientTests {
  @Test(arguments: GradientCase.elementwise) func elementwise(_ test: GradientCase) throws { try test.check() }
  @Test(arguments: GradientCase.movement) func movement(_ test: GradientCase) throws { try test.check() }
  @Test(arguments: GradientCase.reductions) func reductions(_ test: GradientCase) throws { try test.check() }
  @Test(arguments: GradientCase.linearAlgebra) func linearAlgebra(_ test: GradientCase) throws { try test.check() }
  @Test(arguments: GradientCase.windows) func windows(_ test: GradientCase) throws { try test.check() }
  @Test(arguments: GradientCase.normalizations) func normalizations(_ test: GradientCase) throws { try test.check() }
  @Test(arguments: GradientCase.recurrent) func recurrent(_ test: GradientCase) throws { try test.check() }
  @Test(arguments: GradientCase.controlFlow) func controlFlow(_ test: GradientCase) throws { try test.check() }
  @Test(arguments: GradientCase.twice.map(\.derivative)) func twice(_ test: GradientCase) throws { try test.check() }

  /// Every differentiable operation occurs in a case above.
  @Test func everyRuleIsExercised() throws {
    var found = Set<String>()
    for test in GradientCase.all {
      for node in try test.graph(withGradients: false).nodes { found.insert(node.op.name) }
    }
    let unary = UnaryOp.allCases.filter { !$0.isPredicate && $0 != .not && $0 != .populationCount }.map(\.rawValue)
    let binary = BinaryOp.allCases.filter {
      ![.and, .or, .xor, .shiftLeft, .shiftRightArithmetic, .shiftRightLogical, .nextAfter].contains($0)
    }.map(\.rawValue)
    let others = [
      "select", "convert", "reshape", "broadcast", "transpose", "reverse", "slice", "pad", "concatenate",
      "dynamicSlice", "dynamicUpdateSlice", "gather", "scatterAdd", "gatherAlong", "scatterAddAlong", "reduce.sum",
      "reduce.product", "reduce.maximum", "reduce.minimum", "cumulative.sum", "cumulative.product",
      "cumulative.maximum", "cumulative.minimum", "sort", "dot", "cholesky", "triangularSolve", "factorize.qr",
      "factorize.lu", "factorize.svd", "factorize.eigh", "convolution", "convolutionInputGradient",
      "convolutionKernelGradient", "pool.maximum", "pool.average", "poolGradient.average", "batchNormalization",
      "batchNormalizationGradient", "layerNormalization", "layerNormalizationGradient", "softmax", "logSoftmax",
      "recurrent", "recurrentGradient", "scan", "conditional", "stopGradient",
    ]
    #expect(Set(unary + binary + others).subtracting(found) == [])
  }

  @Test func independentSourcesGetZeros() throws {
    let builder = GraphBuilder()
    let (a, b) = (builder.parameter(TensorType(.float32, [2])), builder.parameter(TensorType(.float32, [3])))
    let gradients = builder.gradients(of: a.square().sum(), withRespectTo: [a, b])
    let results = try Interpreter().compile(builder.finish(gradients)).run([
      tensor(.float32, [2], [1, 2]), tensor(.float32, [3], [1, 2, 3]),
    ])
    #expect(results.map(numbers) == [[2, 4], [0, 0, 0]])
  }

  /// As JAX and TensorFlow have them.
  @Test func powersOfZero() throws {
    let builder = GraphBuilder()
    let type = TensorType(.float32, [6])
    let (a, b) = (builder.parameter(type), builder.parameter(type))
    let gradients = builder.gradients(of: a.power(b).sum(), withRespectTo: [a, b])
    let results = try Interpreter().compile(builder.finish(gradients)).run([
      tensor(.float32, [6], [0, 0, 0, 2, -1, .infinity]), tensor(.float32, [6], [0, 1, 2, 0, 2, 0]),
    ]).map(numbers)
    #expect(results[0][0].isNaN && Array(results[0].dropFirst()) == [1, 0, 0, -2, 0])
    #expect(Array(results[1].prefix(3)) == [0, 0, 0])
  }

  @Test func unusedGradientsAreNotBuilt() throws {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(.float32, [1, 4, 4, 1]))
    let kernel = builder.parameter(TensorType(.float32, [3, 3, 1, 2]))
    let attributes = Convolution(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    _ = builder.gradients(of: x.convolution(kernel, attributes).sum(), withRespectTo: [kernel])
    let names = builder.nodes.map(\.op.name)
    #expect(names.contains("convolutionKernelGradient"))
    #expect(!names.contains("convolutionInputGradient"))
  }

  @Test func tiesShareTheGradient() throws {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(.float32, [4]))
    let gradient = builder.gradients(of: x.maximum(axes: [0]), withRespectTo: [x])
    let result = try Interpreter().compile(builder.finish(gradient)).run([tensor(.float32, [4], [3, 1, 3, 2])])
    #expect(numbers(result[0]) == [0.5, 0, 0.5, 0])
  }

  @Test func productOfZerosHasAGradient() throws {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(.float64, [2, 3]))
    let gradient = builder.gradients(of: x.reduce(.product, axes: [1]), withRespectTo: [x])
    let arguments = [tensor(.float64, [2, 3], [2, 0, 5, 0, 0, 3])]
    let result = try Interpreter().compile(builder.finish(gradient)).run(arguments)
    #expect(numbers(result[0]) == [0, 10, 0, 0, 0, 0])
  }

  @Test func gatheringOutOfRangeFeedsTheEdge() throws {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(.float32, [3]))
    let y = x.gather(builder.vector([-4, 1, 9], .int32))
    let gradient = builder.gradients(of: (y * builder.vector([1, 10, 100], .float32)).sum(), withRespectTo: [x])
    let result = try Interpreter().compile(builder.finish(gradient)).run([tensor(.float32, [3], [1, 2, 3])])
    #expect(numbers(result[0]) == [1, 10, 100])
  }

  @Test func whileLoopsSayThatTheyHaveNoGradient() {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(.float32, .scalar))
    let end = builder.whileLoop(state: [x]) { state, _ in
      state[0].less(state[0].constant(100))
    } body: { state, _ in
      [state[0] * 2]
    }
    _ = builder.gradients(of: end[0], withRespectTo: [x])
    #expect(builder.firstError?.operation == "whileLoop")
  }
}
