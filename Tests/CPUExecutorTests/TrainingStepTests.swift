import CPUExecutor
import Graph
import Testing

@Suite struct TrainingStepTests {
  /// A convolutional classifier's step with dropout and Adam, all parameters updated in place.
  private func step() throws -> Graph {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(.float32, [4, 8, 8, 1]))
    let labels = builder.parameter(TensorType(.int32, [4]))
    let key = builder.parameter(TensorType(.uint32, [2]))
    let count = builder.parameter(TensorType(.float32, .scalar))
    let shapes: [Shape] = [[3, 3, 1, 8], [8], [72, 5], [5]]
    let (p, m, v) = (
      shapes.map { builder.parameter(TensorType(.float32, $0)) },
      shapes.map { builder.parameter(TensorType(.float32, $0)) },
      shapes.map { builder.parameter(TensorType(.float32, $0)) }
    )
    let convolved = x.convolution(p[0], WindowTests.attributes(2)) + p[1]
    let pooled = convolved.relu().pool(
      Pooling(.maximum, window: [2, 2], strides: [2, 2], paddingLow: [0, 0], paddingHigh: [0, 0]))
    let flat = pooled.reshape([4, 72])
    let keep = key.randomUniform(flat.shape).greaterOrEqual(flat.constant(0.5))
    let logits = keep.select(flat * 2, flat.constant(0)).matmul(p[2]) + p[3]
    let loss = -(logits.logSoftmax() * labels.oneHot(5, .float32)).sum(axes: [-1]).mean()
    let gradients = builder.gradients(of: loss, withRespectTo: p)
    let next = count + 1
    let rate = (1 - builder.constant(0.999, .float32).power(next)).squareRoot() * 0.01
    var (newP, newM, newV): ([Expression], [Expression], [Expression]) = ([], [], [])
    for (index, g) in gradients.enumerated() {
      newM.append(m[index] + (g - m[index]) * 0.1)
      newV.append(v[index].absolute() + (g.square() - v[index]) * 0.001)
      newP.append(p[index] - newM[index] * rate / (newV[index].squareRoot() + 1e-7))
    }
    let outputs = [loss, next] + newP + newM + newV
    var updates = [1: 3]
    for position in 2..<outputs.count { updates[position] = position + 2 }
    return try builder.finish(outputs, updates: updates)
  }

  private func arguments(_ graph: Graph) -> [Buffer] {
    var random = RandomBuffers(seed: 11)
    return graph.parameterTypes.enumerated().map { position, type in
      position == 3 ? Buffer(type) : random.buffer(type, 0...0.2)
    }
  }

  @Test func conforms() throws {
    let graph = try step()
    try expectConforms(graph, arguments(graph), .balanced)
  }

  @Test func lossFalls() throws {
    let graph = try step()
    let executable = try CPUExecutor().compile(graph)
    let arguments = arguments(graph)
    let first = try executable.run(arguments)[0].numbers[0]
    var last = first
    for _ in 0..<100 { last = try executable.run(arguments)[0].numbers[0] }
    #expect(last < first * 0.5)
  }

  @Test func sameBitsEveryTime() throws {
    let graph = try step()
    let executable = try CPUExecutor().compile(graph)
    let runs = try (0..<2).map { _ in
      let arguments = arguments(graph)
      for _ in 0..<5 { _ = try executable.run(arguments) }
      return arguments.map { Array($0.bytes) }
    }
    #expect(runs[0] == runs[1])
  }
}
