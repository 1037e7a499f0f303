import CPUExecutor
import Graph
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct ExecutionTests {
  private static func network() throws -> Graph {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(.float32, [16, 12, 12, 3]))
    let kernel = builder.parameter(TensorType(.float32, [3, 3, 3, 8]))
    let weights = builder.parameter(TensorType(.float32, [800, 10]))
    let y = x.convolution(kernel, WindowTests.attributes(2)).relu()
    return try builder.finish([y.reshape([16, 800]).matmul(weights).softmax(), y.sum(axes: [0, 1, 2])])
  }

  @Test func manyThreadsShareOneExecutable() async throws {
    let graph = try Self.network()
    let executable = try CPUExecutor().compile(graph)
    var random = RandomBuffers(seed: 5)
    let arguments = graph.parameterTypes.map { random.buffer($0) }
    let expected = try executable.run(arguments).map { Array($0.bytes) }
    try await withThrowingTaskGroup(of: Bool.self) { tasks in
      for _ in 0..<8 {
        tasks.addTask {
          for _ in 0..<20 where try executable.run(arguments).map({ Array($0.bytes) }) != expected { return false }
          return true
        }
      }
      for try await same in tasks { #expect(same) }
    }
  }

  #if canImport(Glibc)
    @Test func memoryStaysFlat() throws {
      let graph = try Self.network()
      let executable = try CPUExecutor().compile(graph)
      var random = RandomBuffers(seed: 5)
      let arguments = graph.parameterTypes.map { random.buffer($0) }
      let results = graph.outputTypes.map { Buffer($0) }
      func resident() throws -> Int {
        let file = try #require(fopen("/proc/self/statm", "r"))
        defer { fclose(file) }
        var (size, pages) = (0, 0)
        withUnsafeMutablePointer(to: &size) { size in
          withUnsafeMutablePointer(to: &pages) { pages in
            _ = withVaList([size, pages]) { vfscanf(file, "%ld %ld", $0) }
          }
        }
        return pages * Int(getpagesize())
      }
      for _ in 0..<100 { try executable.run(arguments, into: results) }
      let before = try resident()
      for _ in 0..<2000 { try executable.run(arguments, into: results) }
      // A leak of 32 KiB a run would exceed it; other tests run at the same time, so the bound is generous.
      #expect(try resident() - before < 64 << 20)
    }
  #endif

  @Test func wrongArgumentsAreErrors() throws {
    let graph = try Self.network()
    let executable = try CPUExecutor().compile(graph)
    #expect(throws: GraphError.self) { try executable.run([]) }
    let wrong = graph.parameterTypes.map { _ in Buffer(TensorType(.float32, [1])) }
    #expect(throws: GraphError.self) { try executable.run(wrong) }
  }

  /// Random graphs over a few shapes, all executors agreeing.
  @Test(arguments: 0..<30) func randomGraphs(_ seed: Int) throws {
    var random = RandomBuffers(seed: UInt32(seed) + 100)
    func pick(_ count: Int) -> Int { Int(random.unit() * Double(count)) }
    let builder = GraphBuilder()
    let shapes: [Shape] = [[6, 10], [10], [6, 1], [], [6, 10]]
    let types = shapes.map { TensorType(.float32, $0) }
    var pool = types.map(builder.parameter)
    for _ in 0..<40 {
      let (a, b) = (pool[pick(pool.count)], pool[pick(pool.count)])
      switch pick(9) {
      case 0: pool.append((a + b) * 0.5)
      case 1: pool.append(a * b * 0.5)
      case 2: pool.append(a.tanh())
      case 3: pool.append(a.maximum(b))
      case 4: pool.append(a.greater(b).select(a.broadcast(to: (a + b).shape), b * 0.5))
      case 5: pool.append(a.rank > 0 ? a.mean(axes: [a.rank - 1], keepDimensions: true) : a)
      case 6: pool.append(a.shape == [6, 10] ? a.reshape([10, 6]).transpose([1, 0]) : a.sigmoid())
      case 7: pool.append(a.shape == [6, 10] ? a.softmax() : a.square().logistic)
      default: pool.append(a.shape == [6, 10] ? a.matmul(a.transpose([1, 0])).matmul(a) * 0.05 : a - b)
      }
      if pool[pool.count - 1].shape.elementCount > 60 { pool.removeLast() }
    }
    let graph = try builder.finish(Array(pool.suffix(6)))
    try expectConforms(graph, types.map { random.buffer($0, -1...1) }, .balanced, comment: "seed \(seed)")
  }
}

extension Expression {
  fileprivate var logistic: Expression { sigmoid() - 0.5 }
}
