import Testing

@testable import Graph

@Suite struct PassTests {
  private func run(_ graph: Graph, _ arguments: [Buffer]) throws -> [[Double]] {
    try Interpreter().compile(graph).run(arguments.map { $0.copy() }).map(numbers)
  }

  static let passes: [(name: String, pass: @Sendable (Graph) -> Graph)] = [
    ("optimized", { $0.optimized() }), ("simplified", { $0.simplified() }),
    ("constant folding", { $0.foldingConstants() }), ("sharing", { $0.sharingCommonSubexpressions() }),
    ("hoisting", { $0.hoistingInvariants() }), ("dead code", { $0.removingDeadCode() }),
  ]

  /// Every pass keeps every graph's meaning, parameters, outputs and updates.
  @Test(arguments: passes.indices, 0..<40 as Range<UInt32>)
  func meaningIsKept(pass: Int, seed: UInt32) throws {
    var random = RandomGraph(seed: seed)
    let (graph, arguments) = try random.make(operations: 24)
    try graph.verify()
    let changed = Self.passes[pass].pass(graph)
    try changed.verify()
    #expect(changed.parameterTypes == graph.parameterTypes)
    #expect(changed.outputTypes == graph.outputTypes)
    #expect(changed.updates == graph.updates)
    for (before, after) in zip(try run(graph, arguments), try run(changed, arguments)) {
      #expect(
        zip(before, after).allSatisfy { ($0.isNaN && $1.isNaN) || $0 == $1 || abs($0 - $1) <= 1e-9 * max(1, abs($0)) })
    }
  }

  @Test(arguments: 0..<20 as Range<UInt32>) func gradientsOfRandomGraphsSurvive(seed: UInt32) throws {
    var random = RandomGraph(seed: seed &+ 1000)
    let (graph, arguments) = try random.make(operations: 16)
    let builder = GraphBuilder()
    let inputs = graph.parameterTypes.map(builder.parameter)
    let results = builder.inline(graph, inputs).filter(\.dtype.isFloatingPoint)
    let loss = results.dropFirst().reduce(results[0].sum()) { $0 + $1.sum() }
    let joint = try builder.finish([loss] + builder.gradients(of: loss, withRespectTo: inputs))
    let optimized = joint.optimized()
    try optimized.verify()
    for (before, after) in zip(try run(joint, arguments), try run(optimized, arguments)) {
      #expect(
        zip(before, after).allSatisfy { ($0.isNaN && $1.isNaN) || $0 == $1 || abs($0 - $1) <= 1e-8 * max(1, abs($0)) })
    }
  }

  private func names(_ graph: Graph) -> [String] {
    graph.nodes.map(\.op.name).filter { $0 != "parameter" && $0 != "constant" && $0 != "broadcast" }
  }

  private func optimized(_ shapes: [Shape], _ body: ([Expression]) -> [Expression]) throws -> Graph {
    let builder = GraphBuilder()
    return try builder.finish(body(shapes.map { builder.parameter(TensorType(.float32, $0)) })).optimized()
  }

  /// The gradients of slices that cover a tensor, in any order, are put side by side and not added.
  @Test func sumsOfPartsAreConcatenations() throws {
    for order in [[0, 1, 2, 3], [3, 2, 0, 1], [2, 0, 3, 1]] {
      let graph = try optimized([[3, 8]]) { inputs in
        let parts = order.map { inputs[0].slice(axis: 1, ($0 * 2)..<($0 * 2 + 2)) }
        let loss = parts.enumerated().reduce(inputs[0].constant(0)) { $0 + ($1.element * Double($1.offset + 1)).sum() }
        return inputs[0].builder.gradients(of: loss, withRespectTo: inputs)
      }
      #expect(!names(graph).contains("pad"))
      let gradient = try run(graph, [Buffer(TensorType(.float32, [3, 8]))])[0]
      #expect(gradient == (0..<24).map { Double((order.firstIndex(of: $0 % 8 / 2) ?? 0) + 1) })
    }
    let apart = try optimized([[3, 2], [3, 2]]) { inputs in
      [inputs[0].pad(low: [0, 1], high: [0, 5]) + inputs[1].pad(low: [0, 2], high: [0, 4])]
    }
    #expect(names(apart) == ["pad", "pad", "add"])
  }

  @Test func identitiesVanish() throws {
    let graph = try optimized([[2, 3]]) { inputs in
      let x = inputs[0]
      let y = ((-(-(x * 1 + 0))) / 1 - 0).transpose([1, 0]).transpose([1, 0]).stopGradient()
      return [y.reshape([6]).reshape([2, 3]).pad(low: [0, 0], high: [0, 0]).slice(axis: 0, 0..<2)]
    }
    #expect(names(graph) == [])
    #expect(graph.outputs == graph.parameters)
  }

  @Test func divisionByPowersOfTwoMultiplies() throws {
    #expect(names(try optimized([[2]]) { [$0[0] / 4] }) == ["multiply"])
    #expect(names(try optimized([[2]]) { [$0[0] / 3] }) == ["divide"])
  }

  @Test func equalComputationsAreShared() throws {
    let graph = try optimized([[2]]) { [$0[0].exp() + $0[0].exp()] }
    #expect(names(graph) == ["exp", "add"])
  }

  @Test func constantsFold() throws {
    let graph = try optimized([[2]]) { inputs in
      let numbers = inputs[0].builder.vector([1, 4], .float32)
      return [inputs[0] + (numbers.squareRoot() * 2 + inputs[0].constant(1).broadcast(to: [2])).exp()]
    }
    #expect(names(graph) == ["add"])
  }

  @Test func transposesFoldIntoProducts() throws {
    let graph = try optimized([[3, 2], [4, 3]]) { [$0[0].transpose([1, 0]).matmul($0[1].transpose([1, 0]))] }
    #expect(names(graph) == ["dot"])
  }

  @Test func unreadOutputsOfLoopsVanish() throws {
    let graph = try optimized([[2], [5, 2], [5, 2]]) { inputs in
      inputs[0].builder.scan(
        carries: [inputs[0]], sequences: [inputs[1], inputs[2]], constants: [], length: 5
      ) { carries, slices, _ in ([carries[0] + slices[1]], [slices[0].exp(), carries[0].exp()]) }.carries
    }
    guard case .scan(let scan)? = graph.nodes.last?.op else {
      Issue.record("the loop is gone")
      return
    }
    #expect(scan.sequenceCount == 1)
    #expect(names(scan.body) == ["add"])
  }

  @Test func invariantsLeaveLoops() throws {
    let graph = try optimized([[2], [2]]) { inputs in
      inputs[0].builder.scan(carries: [inputs[0]], sequences: [], constants: [inputs[1]], length: 5) {
        carries, _, constants in ([carries[0] * constants[0].exp()], [])
      }.carries
    }
    #expect(names(graph) == ["exp", "scan"])
  }

  @Test func unusedParametersStay() throws {
    let graph = try optimized([[2], [3]]) { [$0[1].exp()] }
    #expect(graph.parameterTypes == [TensorType(.float32, [2]), TensorType(.float32, [3])])
  }

  @Test func verifyFindsWhatIsWrong() throws {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(.float32, [2]))
    let graph = try builder.finish([x.exp()])
    var types = graph
    types.nodes[1].types = [TensorType(.float32, [3])]
    #expect(throws: GraphError.self) { try types.verify() }
    var order = graph
    order.nodes[1].inputs = [Value(node: 1)]
    #expect(throws: GraphError.self) { try order.verify() }
    var outputs = graph
    outputs.outputs = [Value(node: 7)]
    #expect(throws: GraphError.self) { try outputs.verify() }
    var updates = graph
    updates.updates = [0: 3]
    #expect(throws: GraphError.self) { try updates.verify() }
  }

  @Test func descriptionsReadLikeAListing() throws {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(.float32, [2, 3]))
    let y = builder.withScope("norm") { x.sum(axes: [1]) }
    #expect(
      try builder.finish([y]).description == """
        %0 = parameter[0]() : float32[2, 3]
        %1 = reduce.sum[1](%0) : float32[2]  // norm
        return %1
        """)
  }
}
