import Graph
import Testing

@testable import CPUExecutor

/// 16-bit floats: with what this processor's oneDNN has, and with everything widened as on processors that lack it.
@Suite struct HalfPrecisionTests {
  static let cases: [(dtype: DType, support: BFloat16Support)] = [
    (.bfloat16, .ofProcessor), (.bfloat16, .none),
    (.bfloat16, BFloat16Support(products: false, convolutions: BFloat16Support.ofProcessor.convolutions)),
    (.float16, .ofProcessor),
  ]

  private func check(
    _ index: Int, _ shapes: [Shape], _ record: ([Expression]) -> [Expression]
  ) throws {
    let (dtype, support) = Self.cases[index]
    try expectConforms(
      shapes.map { TensorType(dtype, $0) }, .half, range: -1...1, comment: "\(dtype) \(support)",
      executor: CPUExecutor(bfloat16: support), record)
  }

  @Test(arguments: cases.indices) func products(_ index: Int) throws {
    try check(index, [[9, 16], [16, 5], [5]]) { p in
      let y = (p[0].matmul(p[1]) + p[2]).relu()
      return [y] + p[0].builder.gradients(of: y, withRespectTo: p)
    }
    try check(index, [[3, 4, 7], [3, 7, 2]]) { [$0[0].matmul($0[1])] }
    try check(index, [[1, 64], [64, 80]]) { [$0[0].matmul($0[1]).tanh()] }
  }

  @Test(arguments: cases.indices) func convolutions(_ index: Int) throws {
    for entry in WindowTests.cases {
      try check(index, [entry.input, entry.kernel, [entry.kernel[-1]]]) { p in
        let y = (p[0].convolution(p[1], entry.convolution) + p[2]).tanh()
        return [y] + p[0].builder.gradients(of: y, withRespectTo: p)
      }
    }
  }

  @Test(arguments: cases.indices) func loops(_ index: Int) throws {
    let (dtype, support) = Self.cases[index]
    let state = TensorType(dtype, [3, 4])
    try expectConforms(
      [state, TensorType(dtype, [4, 4])], .half, range: -1...1,
      executor: CPUExecutor(bfloat16: support)
    ) { p in
      let body = GraphBuilder()
      let (h, w) = (body.parameter(state), body.parameter(TensorType(dtype, [4, 4])))
      let next = h.matmul(w).tanh()
      guard let graph = try? body.finish([next, next]) else { return [] }
      let scan = Scan(body: graph, carryCount: 1, sequenceCount: 0, length: 3)
      return p[0].builder.add(.scan(scan), [p[0], p[1]])
    }
  }
}
