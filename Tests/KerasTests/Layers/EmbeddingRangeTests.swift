import Testing

@testable import Keras

/// Keras on TensorFlow: `indices[0] = 4 is not in [0, 4)`; on JAX rows of NaN. On both, −1 is the last row.
@Suite struct EmbeddingRangeTests {
  private func model() throws -> Sequential {
    let model = Sequential {
      Input(3, dtype: .int32)
      Embedding(4, 2, weights: Tensor((0..<8).map(Float.init), shape: [4, 2]), name: "words")
    }
    try model.compile(optimizer: SGD(), loss: .meanSquaredError)
    return model
  }

  @Test func negativeIndicesCountFromTheEnd() throws {
    let x = Tensor([-1, -4, 3] as [Int32], shape: [1, 3])
    #expect(try model().predict(x).scalars() == [6, 7, 0, 1, 6, 7])
  }

  @Test(arguments: [4, -5, 100, Int32.max, .min])
  func othersAreAnError(_ index: Int32) throws {
    let model = try model()
    let x = Tensor([0, 1, 2, 3, index, 0], shape: [2, 3])
    let y = Tensor.zeros([2, 3, 2])
    let before = try model.weights[0].value.scalars()
    for work in [
      { _ = try model.predict(x) }, { _ = try model.fit(x, y, verbose: 0, shuffle: false) },
      { _ = try model.evaluate(x, y, verbose: 0) },
      { _ = try model.trainOnBatch([x], [y]) }, { _ = try model.predict(x.asType(.float32)) },
    ] as [() throws -> Void] {
      let error = #expect(throws: KerasError.self) { try work() }
      #expect(error?.subject == "words")
      #expect(error?.message.contains("from 0 to 3") == true)
      #expect(error?.message.contains("in sample 1") == true)
    }
    #expect(try model.weights[0].value.scalars() == before)
    let error = #expect(throws: KerasError.self) { _ = try model.predict(x) }
    #expect(error?.message.contains("found \(index) ") == true)
    #expect(throws: KerasError.self) { _ = try Embedding(4, 2)(x).scalars() }
  }

  /// An integer of another width, an input that a model inside takes, and one that is reshaped on the way.
  @Test func everyWayOfAnInput() throws {
    let inner = Sequential {
      Input(2, 1, dtype: .int32)
      Reshape([2])
      Embedding(4, 2)
    }
    let input = Input(2, 1, dtype: .int64)
    let model = try Model(inputs: input, outputs: Flatten()(inner(input)))
    #expect(throws: KerasError.self) { _ = try model.predict(Tensor([0, 4] as [Int64], shape: [1, 2, 1])) }
    #expect(throws: KerasError.self) { _ = try model.predict(Tensor([0, .nan] as [Float], shape: [1, 2, 1])) }
    #expect(try model.predict(Tensor([0, 3] as [UInt8], shape: [1, 2, 1])).shape == [1, 4])
  }
}
