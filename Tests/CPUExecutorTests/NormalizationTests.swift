import CPUExecutor
import Graph
import Testing

@Suite struct NormalizationTests {
  static let shapes: [Shape] = [[1, 1], [5, 3], [2, 3, 4, 17], [200, 33], [3, 300]]

  @Test(arguments: 0..<5) func batchAndLayer(_ index: Int) throws {
    let shape = Self.shapes[index]
    let channel = TensorType(.float32, [shape[-1]])
    try expectConforms([TensorType(.float32, shape), channel, channel], .balanced, comment: "\(shape)") { p in
      let batch = p[0].batchNormalization(scale: p[1], offset: p[2], epsilon: 0.1)
      let layer = p[0].layerNormalization(scale: p[1], offset: p[2], epsilon: 0.1)
      let builder = p[0].builder
      return [batch.y, batch.mean, batch.variance, layer]
        + builder.gradients(of: batch.y.square() + p[0] * batch.y, withRespectTo: p)
        + builder.gradients(of: layer.square() + p[0] * layer, withRespectTo: p)
    }
  }

  @Test(arguments: 0..<5) func rectified(_ index: Int) throws {
    let shape = Self.shapes[index]
    let channel = TensorType(.float32, [shape[-1]])
    let types = [TensorType(.float32, shape), channel, channel]
    try expectConforms(types, .balanced, comment: "\(shape)") { p in
      // Written as a layer and its activation are: the executor joins them.
      let y = p[0].batchNormalization(scale: p[1], offset: p[2], epsilon: 0.1).y.relu()
      return [y] + p[0].builder.gradients(of: y.square() + p[0] * y, withRespectTo: p)
    }
    try expectConforms(types, .balanced, comment: "\(shape)") { p in
      let batch = p[0].batchNormalization(scale: p[1], offset: p[2], epsilon: 0.1)
      let y = batch.y.relu() * 2 + batch.mean + batch.y
      return [y] + p[0].builder.gradients(of: y.square(), withRespectTo: p)
    }
  }
}
