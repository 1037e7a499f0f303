import Graph
import Testing

@Suite struct ControlFlowTests {
  private func run(_ outputs: [Expression], _ arguments: [Buffer] = []) throws -> [[Double]] {
    guard let builder = outputs.first?.builder else { return [] }
    return try Interpreter().compile(builder.finish(outputs)).run(arguments).map(numbers)
  }

  @Test(arguments: [false, true]) func scansStackTheirOutputs(reversed: Bool) throws {
    let builder = GraphBuilder()
    let values = builder.vector([1, 2, 3], .int32)
    let result = builder.scan(
      carries: [builder.constant(0, .int32)], sequences: [values], constants: [builder.constant(10, .int32)],
      length: 3, reversed: reversed
    ) { carries, slices, constants in
      ([carries[0] * 10 + slices[0]], [carries[0], slices[0] * constants[0]])
    }
    let found = try run(result.carries + result.outputs)
    #expect(found == (reversed ? [[321], [32, 3, 0], [10, 20, 30]] : [[123], [0, 1, 12], [10, 20, 30]]))
  }

  @Test func whileLoopsRunUntilTheConditionFails() throws {
    let builder = GraphBuilder()
    let state = builder.whileLoop(
      state: [builder.constant(1, .int32), builder.constant(0, .int32)], constants: [builder.constant(3, .int32)]
    ) { state, _ in
      state[0].less(state[0].constant(100))
    } body: { state, constants in
      [state[0] * constants[0], state[1] + 1]
    }
    #expect(try run(state) == [[243], [5]])
  }

  @Test(arguments: [1.0, 0.0]) func conditionalsRunOneBranch(predicate: Double) throws {
    let builder = GraphBuilder()
    let flag = builder.parameter(TensorType(.bool, []))
    let x = builder.constant(5, .float32)
    let result = builder.conditional(flag, [x]) {
      [$0[0] + 1]
    } otherwise: {
      [$0[0] * 2]
    }
    #expect(try run(result, [tensor(.bool, [], [predicate])]) == [[predicate == 1 ? 6 : 10]])
  }

  @Test func bodiesThatDoNotFitAreErrors() {
    let builder = GraphBuilder()
    let x = builder.constant(0, .float32)
    _ = builder.scan(carries: [x], sequences: [], constants: [], length: 2) { carries, _, _ in
      ([carries[0].converted(to: .int32)], [])
    }
    #expect(builder.firstError?.operation == "scan")
  }

  @Test func errorsInsideABodyReachTheOutside() {
    let builder = GraphBuilder()
    let x = builder.vector([1, 2], .float32)
    _ = builder.conditional(builder.constant(1, .bool), [x]) {
      [$0[0].reshape([3])]
    } otherwise: {
      $0
    }
    #expect(builder.firstError?.operation == "reshape")
  }
}
