import CPUExecutor
import Graph
import Testing

@Suite struct ControlFlowTests {
  @Test(arguments: [0, 1, 2, 5]) func scans(_ length: Int) throws {
    for reversed in [false, true] {
      try expectConforms(
        [TensorType(.float32, [3]), TensorType(.float32, [length, 3]), TensorType(.float32, [3, 3])], .balanced
      ) { p in
        let scan = p[0].builder.scan(
          carries: [p[0], p[0] * 2], sequences: [p[1]], constants: [p[2]], length: length, reversed: reversed
        ) { carries, slices, constants in
          let next = (carries[0].matmul(constants[0]) + slices[0]).tanh()
          return ([next, carries[0]], [next * carries[1], slices[0]])
        }
        let loss = scan.carries[0].sum() + scan.outputs[0].square().sum()
        return scan.carries + scan.outputs + p[0].builder.gradients(of: loss, withRespectTo: p)
      }
    }
  }

  @Test func loopsAndBranches() throws {
    try expectConforms([TensorType(.float32, [4]), TensorType(.bool, .scalar)], .balanced) { p in
      let builder = p[0].builder
      let loop = builder.whileLoop(
        state: [builder.constant(0, .int32), p[0]], constants: [p[0]],
        condition: { state, _ in state[0].less(state[0].constant(7)) },
        body: { state, constants in [state[0] + 1, state[1] * 0.5 + constants[0]] })
      let never = builder.whileLoop(
        state: [p[0]], condition: { state, _ in state[0].builder.constant(0, .bool) }, body: { s, _ in [s[0] * 2] })
      let branch = builder.conditional(
        p[1], [p[0]], then: { [$0[0].exp(), $0[0]] }, otherwise: { [$0[0] * 2, $0[0] - 1] })
      return loop + never + branch
    }
  }
}
