import Testing

@testable import Keras

/// `fit`, `evaluate` and `predict` on small problems.
@Suite struct TrainingTests {
  /// Points of two classes, told apart by the sign of their product.
  static func crosses(_ count: Int) -> (x: Tensor, y: Tensor) {
    var generator = Philox64(seed: 7)
    var points: [Float] = []
    var labels: [Int32] = []
    for _ in 0..<count {
      let (a, b) = (generator.uniform() * 2 - 1, generator.uniform() * 2 - 1)
      points += [a, b]
      labels.append(a * b > 0 ? 1 : 0)
    }
    return (Tensor(points, shape: [count, 2]), Tensor(labels))
  }

  static func classifier() throws -> Sequential {
    let model = Sequential {
      Input(2)
      Dense(16, activation: .tanh, kernelInitializer: GlorotUniform(seed: 3))
      Dense(2, activation: .softmax, kernelInitializer: GlorotUniform(seed: 4))
    }
    try model.compile(
      optimizer: Adam(learningRate: 0.02), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    return model
  }

  @Test func learnsWhatALineCannot() throws {
    let (x, y) = Self.crosses(256)
    let model = try Self.classifier()
    let history = try model.fit(x, y, batchSize: 32, epochs: 40, verbose: 0, seed: 5)
    #expect(history["loss"].count == 40)
    #expect(history["loss"].last ?? 1 < 0.25)
    #expect(try model.evaluate(x, y, verbose: 0)["accuracy"] ?? 0 > 0.9)
  }

  @Test func sameSeedSameBits() throws {
    let (x, y) = Self.crosses(100)
    let runs = try (0..<2).map { _ in
      let model = try Self.classifier()
      try model.fit(x, y, batchSize: 32, epochs: 3, verbose: 0, seed: 5)
      return try model.getWeights().flatMap { try $0.scalars() }
    }
    #expect(runs[0] == runs[1])
  }

  @Test func lastPartialBatchCounts() throws {
    let x = Tensor([1, 2, 3, 4, 5] as [Float], shape: [5, 1])
    let y = Tensor([0, 0, 0, 0, 10] as [Float], shape: [5, 1])
    let model = Sequential {
      Input(1)
      Dense(1, kernelInitializer: .zeros)
    }
    try model.compile(optimizer: SGD(learningRate: 0), loss: .meanSquaredError)
    let history = try model.fit(x, y, batchSize: 4, epochs: 1, verbose: 0, shuffle: false)
    // Batches of 4 and 1 with losses 0 and 100, weighted by their sizes.
    #expect(abs(history["loss"][0] - 20) < 1e-4)
    #expect(abs((try model.evaluate(x, y, batchSize: 4, verbose: 0)["loss"] ?? 0) - 20) < 1e-4)
    #expect(try model.predict(x, batchSize: 2).shape == [5, 1])
  }

  @Test func validationSplitTakesTheEnd() throws {
    let x = Tensor((0..<10).map(Float.init), shape: [10, 1])
    let y = Tensor((0..<10).map { Float($0 < 8 ? 0 : 3) }, shape: [10, 1])
    let model = Sequential {
      Input(1)
      Dense(1, kernelInitializer: .zeros)
    }
    try model.compile(optimizer: SGD(learningRate: 0), loss: .meanSquaredError)
    let history = try model.fit(x, y, epochs: 1, verbose: 0, validationSplit: 0.2)
    #expect(history["loss"] == [0])
    #expect(history["val_loss"] == [9])
  }

  @Test func fitGoesOnWhereItWas() throws {
    let (x, y) = Self.crosses(64)
    let once = try Self.classifier()
    try once.fit(x, y, epochs: 2, verbose: 0, shuffle: false)
    let twice = try Self.classifier()
    try twice.fit(x, y, epochs: 1, verbose: 0, shuffle: false)
    try twice.fit(x, y, epochs: 1, verbose: 0, shuffle: false)
    for (a, b) in zip(once.getWeights(), twice.getWeights()) { #expect(try a.scalars() == b.scalars()) }
  }

  @Test func sampleWeightsScaleTheLoss() throws {
    let x = Tensor([1, 1] as [Float], shape: [2, 1])
    let y = Tensor([1, 3] as [Float], shape: [2, 1])
    let model = Sequential {
      Input(1)
      Dense(1, kernelInitializer: .zeros)
    }
    try model.compile(optimizer: SGD(learningRate: 0), loss: .meanSquaredError)
    let logs = try model.evaluate(x, y, verbose: 0, sampleWeight: Tensor([2, 0] as [Float]))
    #expect(logs["loss"] == 1)
    let history = try model.fit(
      Tensor([0, 0] as [Float], shape: [2, 1]), y, verbose: 0, sampleWeight: Tensor([0, 2] as [Float]))
    #expect(history["loss"] == [9])
  }

  @Test func severalInputsAndOutputs() throws {
    let a = Input(2, name: "a")
    let b = Input(3, name: "b")
    let sum = Dense(1, name: "first")(a) + Dense(1, name: "second")(b)
    let model = try Model(inputs: [a, b], outputs: [sum, sum * 2])
    try model.compile(
      optimizer: SGD(learningRate: 0.03), losses: [.meanSquaredError], lossWeights: [1, 0.5])
    let x = [Tensor.ones([8, 2]), Tensor.ones([8, 3])]
    let y = [Tensor.ones([8, 1]), Tensor.ones([8, 1]) * 2]
    let history = try model.fit(x, y, epochs: 60, verbose: 0)
    #expect(history["loss"].last ?? 1 < 1e-3)
    let outputs = try model.predict(x)
    #expect(outputs.count == 2)
    #expect(abs(try outputs[1].scalars()[0] - 2) < 0.1)
  }

  @Test func predictionsOnManyThreads() async throws {
    let (x, _) = Self.crosses(64)
    let model = try Self.classifier()
    let expected = try model.predict(x).scalars()
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<8 {
        group.addTask {
          var last: [Float] = []
          for _ in 0..<20 { last = try model.predict(x).scalars() }
          return last
        }
      }
      for try await result in group { #expect(result == expected) }
    }
  }
}
