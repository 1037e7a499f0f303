import Testing

@testable import Keras

/// Models whose input says how many samples they take.
@Suite struct FixedBatchTests {
  private func dense(_ batch: Int?) throws -> Sequential {
    let model = Sequential {
      Input(shape: [3], batchSize: batch)
      Dense(4, activation: .tanh, kernelInitializer: GlorotUniform(seed: 1))
      Dense(2, kernelInitializer: GlorotUniform(seed: 2))
    }
    try model.compile(optimizer: SGD(), loss: .meanSquaredError, metrics: [.meanAbsoluteError])
    return model
  }

  private let x = Tensor((0..<30).map { Float($0 % 7) / 7 }, shape: [10, 3])
  private let y = Tensor((0..<20).map { Float($0 % 3) }, shape: [10, 2])

  @Test(arguments: [1, 4, 5, 10, 16], [1, 3, 32])
  func anyNumberOfSamples(_ size: Int, _ batchSize: Int) throws {
    let (fixed, open) = (try dense(size), try dense(nil))
    let (found, expected) = (try fixed.predict(x, batchSize: batchSize), try open.predict(x))
    #expect(found.shape == [10, 2])
    for (a, b) in zip(try found.scalars(), try expected.scalars()) { #expect(abs(a - b) < 1e-6) }
    let (logs, same) = (try fixed.evaluate(x, y, verbose: 0), try open.evaluate(x, y, verbose: 0))
    for (name, value) in same { #expect(abs((logs[name] ?? .nan) - value) < 1e-6) }
  }

  @Test func trainingTakesFullBatches() throws {
    let (fixed, open) = (try dense(5), try dense(nil))
    try fixed.fit(x, y, epochs: 2, verbose: 0, shuffle: false)
    try open.fit(x, y, batchSize: 5, epochs: 2, verbose: 0, shuffle: false)
    #expect(try fixed.predict(x).scalars() == open.predict(x, batchSize: 5).scalars())
    let error = #expect(throws: KerasError.self) { try dense(4).fit(x, y, verbose: 0) }
    #expect(error?.message.contains("4 samples at a time, and 10 leave 2 over") == true)
  }

  @Test func aStateForEachSampleNeedsThemAll() throws {
    let model = Sequential {
      Input(shape: [3, 2], batchSize: 4)
      LSTM(2, stateful: true)
    }
    #expect(try model.predict(Tensor.ones([8, 3, 2])).shape == [8, 2])
    let error = #expect(throws: KerasError.self) { _ = try model.predict(Tensor.ones([6, 3, 2])) }
    #expect(error?.message.contains("a multiple of 4") == true)
  }

  @Test func aMissingBatchAxisIsNamed() throws {
    let model = Sequential {
      Input(8, 8, 1)
      Flatten()
      Dense(2)
    }
    let image = Tensor.ones([8, 8, 1])
    for work in [{ _ = try model.predict(image) }, { _ = try model(image).scalars() }] as [() throws -> Void] {
      let error = #expect(throws: KerasError.self) { try work() }
      #expect(error?.message.contains("expandDims(0)") == true)
    }
    let other = #expect(throws: KerasError.self) { _ = try model.predict(Tensor.ones([2, 8, 9, 1])) }
    #expect(other?.message.contains("expandDims") == false)
  }
}
