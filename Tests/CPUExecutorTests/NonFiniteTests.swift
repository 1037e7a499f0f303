import Graph
import Testing

@testable import CPUExecutor

/// NaN and infinities go the way they go in the reference, through every kernel that compares.
@Suite struct NonFiniteTests {
  private func check(_ shapes: [Shape], comment: String = "", _ record: ([Expression]) -> [Expression]) throws {
    let builder = GraphBuilder()
    let types = shapes.map { TensorType(.float32, $0) }
    let graph = try builder.finish(record(types.map(builder.parameter)))
    var random = RandomBuffers(seed: 11)
    let arguments = types.map { random.buffer($0) }
    let special: [Float] = [.nan, .infinity, -.infinity]
    for place in stride(from: 3, to: shapes[0].elementCount, by: 37) {
      arguments[0].pointer.storeBytes(of: special[place % 3], toByteOffset: place * 4, as: Float.self)
    }
    try expectConforms(graph, arguments, .balanced, comment: comment)
  }

  @Test func productsWithActivations() throws {
    for op in [UnaryOp.relu, .tanh, .sigmoid] {
      try check([[20, 16], [16, 12], [12]], comment: "\(op)") { [($0[0].matmul($0[1]) + $0[2]).unary(op)] }
      try check([[2, 9, 9, 16], [3, 3, 16, 8], [8]], comment: "\(op)") { p in
        let y = (p[0].convolution(p[1], WindowTests.attributes(2)) + p[2]).unary(op)
        return [y.pool(Pooling(.maximum, window: [2, 2], strides: [2, 2], paddingLow: [0, 0], paddingHigh: [0, 0]))]
      }
    }
  }

  @Test func productsOfAllOrders() throws {
    for (m, k, n) in [(20, 16, 12), (3, 40, 9), (30, 7, 1), (1, 33, 50)] {
      for (left, right) in [(1, 0), (0, 0), (1, 1), (0, 1)] {
        let shapes: [Shape] = [left == 1 ? [m, k] : [k, m], right == 0 ? [k, n] : [n, k]]
        for usesKernel in [true, false] {
          try Lowering.$usesSmallProducts.withValue(usesKernel) {
            try check(shapes, comment: "\(shapes)") {
              [$0[0].dot($0[1], DotDimensions(leftContracting: [left], rightContracting: [right]))]
            }
          }
        }
      }
    }
  }

  @Test func pools() throws {
    for kind in [Pooling.Kind.maximum, .average] {
      let pooling = Pooling(kind, window: [3, 2], strides: [2, 1], paddingLow: [1, 0], paddingHigh: [0, 1])
      try check([[2, 9, 8, 19]], comment: "\(kind)") { p in
        let results = p[0].builder.add(.pool(pooling), p)
        return results + p[0].builder.gradients(of: results[0].exp(), withRespectTo: p)
      }
    }
  }

  @Test func reductions() throws {
    try check([[7, 40]]) { p in
      let x = p[0]
      return [
        x.softmax(), x.logSoftmax(), x.sum(axes: [1]), x.reduce(.product, axes: [0]), x.maximum(axes: [0]),
        x.maximum(axes: [1]), x.reduce(.minimum, axes: [0]), x.reduce(.minimum, axes: [1]),
        x.argReduce(.maximum, axis: 1), x.argReduce(.minimum, axis: 0), x.cumulative(.maximum, axis: 0),
      ]
    }
  }

  @Test func normalizations() throws {
    try check([[30, 40], [40], [40]]) { p in
      let batch = p[0].batchNormalization(scale: p[1], offset: p[2], epsilon: 0.1)
      return [batch.y.relu(), batch.mean, p[0].layerNormalization(scale: p[1], offset: p[2], epsilon: 0.1)]
    }
  }
}
