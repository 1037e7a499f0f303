import Graph
import ModelFiles
import Testing

@testable import Keras

/// Loss scaling: the scale cancels out, and adapts to gradients that overflow.
@Suite struct LossScaleTests {
  private func model(_ optimizer: Optimizer) throws -> Model {
    let model = Sequential {
      Input(3)
      Dense(2, kernelInitializer: GlorotUniform(seed: 3))
    }
    try model.compile(optimizer: optimizer, loss: .meanSquaredError)
    return model
  }

  private let x = Tensor([0.1, 0.2, 0.3, -0.4, 0.5, -0.6], shape: [2, 3], dtype: .float32)
  private let y = Tensor([1.0, -1, 0.5, 0.2], shape: [2, 2], dtype: .float32)

  @Test func fixedScaleCancels() throws {
    let plain = try model(SGD(learningRate: 0.1))
    let scaled = try model(SGD(learningRate: 0.1, options: OptimizerOptions(lossScaleFactor: 1024)))
    for _ in 0..<3 {
      try plain.trainOnBatch([x], [y])
      try scaled.trainOnBatch([x], [y])
    }
    for (a, b) in zip(plain.weights, scaled.weights) { try expectClose(b.value, a.value, a.path) }
  }

  @Test func dynamicScaleGrowsAndShrinks() throws {
    let plain = try model(SGD(learningRate: 0.1))
    let optimizer = LossScaleOptimizer(SGD(learningRate: 0.1), initialScale: 8, dynamicGrowthSteps: 2)
    let scaled = try model(optimizer)
    for _ in 0..<2 {
      try plain.trainOnBatch([x], [y])
      try scaled.trainOnBatch([x], [y])
    }
    for (a, b) in zip(plain.weights, scaled.weights) { try expectClose(b.value, a.value, a.path) }
    let scale = try #require(optimizer.variables.first { $0.name == "dynamic_scale" })
    #expect(try scale.value.item() == 16)
    let before = scaled.weights.map(\.value)
    try scaled.trainOnBatch([x * .infinity], [y])
    #expect(try scale.value.item() == 8)
    for (old, weight) in zip(before, scaled.weights) { try expectClose(weight.value, old, weight.path) }
  }

  @Test(arguments: [
    ("dense", "model/dense/kernel", false, true), ("dense/.*", "dense/kernel", true, true),
    ("d.*l", "dense/kernel", true, true), ("dense", "dense/kernel", true, false), ("a+b?c", "xaac", false, true),
    ("^kernel", "dense/kernel", false, false), ("kernel$|bias$", "dense/bias", false, true), ("", "x", false, true),
  ])
  func pathPatterns(_ pattern: String, _ path: String, _ fully: Bool, _ matches: Bool) throws {
    #expect(try #require(PathPattern(pattern)).matches(path, fully: fully) == matches)
  }

  @Test func unsupportedPathPattern() { #expect(PathPattern("(a|b)") == nil) }
}
