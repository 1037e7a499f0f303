import Graph
import Testing

@testable import Keras

/// Work that ends because its task was cancelled.
@Suite struct CancellationTests {
  private let x = Tensor.ones([12, 3])
  private let y = Tensor.ones([12, 2])

  private func model(_ options: OptimizerOptions = OptimizerOptions()) throws -> Model {
    let model = Sequential {
      Input(3)
      Dense(2)
    }
    try model.compile(optimizer: SGD(learningRate: 0.1, options: options), loss: .meanSquaredError)
    return model
  }

  private static func cancelTask() { withUnsafeCurrentTask { $0?.cancel() } }

  @Test func fitEndsAfterTheBatch() async throws {
    let model = try model(OptimizerOptions(useEMA: true, emaMomentum: 0.9))
    let cancelling = LambdaCallback(onBatchEnd: { batch, _ in if batch == 1 { Self.cancelTask() } })
    let task = Task { [x, y] in
      try model.fit(x, y, batchSize: 4, epochs: 5, verbose: .silent, callbacks: [cancelling])
    }
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    let optimizer = try #require(model.compilation).optimizer
    #expect(try optimizer.iterations.value.item() == 2)
    // The averages are in place, as after a whole run.
    let averages = optimizer.variables.filter { $0.name == "average" }
    for (weight, average) in zip(model.weights, averages) { try expectClose(weight.value, average.value, weight.path) }
    #expect(try model.fit(x, y, batchSize: 4, epochs: 2, verbose: .silent).epochs == [0, 1])
    #expect(try model.predict(x).shape == [12, 2])
  }

  @Test func validationEnds() async throws {
    let model = try model()
    let cancelling = LambdaCallback(onBatchEnd: { batch, _ in if batch == 2 { Self.cancelTask() } })
    let task = Task { [x, y] in
      try model.fit(
        x, y, batchSize: 4, verbose: .silent, callbacks: [cancelling], validationData: ValidationData(x, y))
    }
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(model.history.epochs.isEmpty)
  }

  @Test func evaluateAndPredictEnd() async throws {
    let model = try model()
    let evaluation = Task { [x, y] in
      Self.cancelTask()
      _ = try model.evaluate(x, y, verbose: .silent)
    }
    await #expect(throws: CancellationError.self) { try await evaluation.value }
    for batchSize in [4, 32] {
      let prediction = Task { [x] in
        Self.cancelTask()
        _ = try model.predict(x, batchSize: batchSize)
      }
      await #expect(throws: CancellationError.self) { try await prediction.value }
    }
    #expect(try model.evaluate(x, y, verbose: .silent)["loss"]?.isFinite == true)
  }
}
