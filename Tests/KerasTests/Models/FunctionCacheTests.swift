import Testing

@testable import Keras

/// A program that sees ever new shapes keeps the compiled functions of the latest only.
@Suite struct FunctionCacheTests {
  @Test func oldestFunctionsMakeRoom() throws {
    let model = Sequential {
      Input(nil, 2)
      GlobalAveragePooling1D()
    }
    for length in 1...80 {
      let mean = try model.predict(Tensor.ones([1, length, 2]) * 3).scalars()
      #expect(mean == [3, 3])
    }
    #expect(model.stepFunctions.all.count == 64)
    #expect(model.stepFunctions.all.contains { $0.key.inputs[0].shape == [1, 80, 2] })
    #expect(!model.stepFunctions.all.contains { $0.key.inputs[0].shape == [1, 1, 2] })
  }
}
