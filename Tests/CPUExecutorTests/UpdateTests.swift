import CPUExecutor
import Graph
import Testing

@Suite struct UpdateTests {
  let type = TensorType(.float32, [50])

  private func check(_ parameters: Int, updates: [Int: Int], _ record: ([Expression]) -> [Expression]) throws {
    let builder = GraphBuilder()
    let inputs = (0..<parameters).map { _ in builder.parameter(type) }
    let graph = try builder.finish(record(inputs), updates: updates)
    var random = RandomBuffers(seed: 3)
    try expectConforms(graph, (0..<parameters).map { _ in random.buffer(type) })
  }

  @Test func adamInOnePass() throws {
    try check(4, updates: [0: 0, 1: 1, 2: 2]) { p in
      let m = p[1] * 0.9 + p[3] * 0.1
      let v = p[2].absolute() * 0.999 + p[3].square() * 0.001
      return [p[0] - m / (v.squareRoot() + 1e-7) * 0.01, m, v]
    }
  }

  @Test func oldValueReadLater() throws {
    try check(2, updates: [0: 0]) { p in
      let new = p[0] + p[1]
      let total = new.sum()
      return [new, p[0] * total]
    }
  }

  @Test func oldValueIsAnOutput() throws {
    try check(2, updates: [1: 0]) { p in [p[0], p[0] + p[1]] }
  }

  @Test func parametersExchanged() throws {
    try check(2, updates: [0: 1, 1: 0]) { p in [p[0], p[1]] }
  }

  @Test func newValueComesFromElsewhere() throws {
    try check(2, updates: [0: 0]) { p in [p[1], p[0] * 2] }
  }

  @Test func broadcastOfTheOldValue() throws {
    let builder = GraphBuilder()
    let p = builder.parameter(TensorType(.float32, [3]))
    let matrix = builder.parameter(TensorType(.float32, [3, 3]))
    let sum = (matrix + p).sum(axes: [0])
    let graph = try builder.finish([sum + p, p.reshape([1, 3]) * sum.reshape([1, 3])], updates: [0: 0])
    var random = RandomBuffers(seed: 3)
    try expectConforms(graph, [random.buffer(p.type), random.buffer(matrix.type)])
  }

  @Test func sameOutputTwice() throws {
    try check(1, updates: [:]) { p in
      let y = p[0].exp()
      return [y, y, y.reshape([5, 10]), p[0]]
    }
  }
}
