import ModelFiles
import Testing

@testable import Keras

/// Paths of weights: those that real Keras gives, for models of a program and for models in files.
@Suite struct WeightPathTests {
  private static func block() -> Sequential {
    Sequential([Dense(4, name: "a")], name: "in")
  }

  /// The lists are what Keras 3.15 gives for the same models.
  @Test func modelsOfAProgram() throws {
    let stack = Sequential(name: "S") {
      Input(4)
      Dense(3, name: "a")
      BatchNormalization(name: "bn")
    }
    #expect(
      stack.weights.map(\.path)
        == ["S/a/kernel", "S/a/bias", "S/bn/gamma", "S/bn/beta", "S/bn/moving_mean", "S/bn/moving_variance"])

    let nested = Sequential([InputLayer(batchShape: [nil, 4]), Self.block(), Dense(2, name: "b")], name: "S")
    #expect(nested.weights.map(\.path) == ["S/in/a/kernel", "S/in/a/bias", "S/b/kernel", "S/b/bias"])

    let x = Input(4)
    let inner = try Model(inputs: x, outputs: Dense(4, name: "a")(x), name: "F")
    let around = Sequential([InputLayer(batchShape: [nil, 4]), inner, Dense(2, name: "b")], name: "S")
    #expect(around.weights.map(\.path) == ["a/kernel", "a/bias", "S/b/kernel", "S/b/bias"])

    let y = Input(4)
    let functional = try Model(inputs: y, outputs: Self.block()(y), name: "F")
    #expect(functional.weights.map(\.path) == ["in/a/kernel", "in/a/bias"])

    let z = Input(5, 4)
    let wrapped = TimeDistributed(Dense(2, name: "d"), name: "td")(
      Bidirectional(LSTM(2, returnSequences: true, name: "l"), name: "bi")(
        SpectralNormalization(Dense(3, name: "sd"), name: "sn")(z)))
    #expect(
      try Model(inputs: z, outputs: wrapped).weights.map(\.path) == [
        "sn/sd/kernel", "sn/vector_u", "sn/sd/bias", "bi/forward_l/lstm_cell/kernel",
        "bi/forward_l/lstm_cell/recurrent_kernel", "bi/forward_l/lstm_cell/bias", "bi/backward_l/lstm_cell/kernel",
        "bi/backward_l/lstm_cell/recurrent_kernel", "bi/backward_l/lstm_cell/bias", "td/d/kernel", "td/d/bias",
      ])
  }

  /// Layers of a class of one's own that are built in its `call`.
  @Test func subclassedModel() throws {
    final class Twin: Model, @unchecked Sendable {
      let dense = Dense(2, name: "d")
      override var sublayers: [(attribute: String, layer: Layer)] { [("dense", dense)] }
      override func call(_ input: Tensor, _ context: CallContext) -> Tensor { dense(input) }
    }
    let model = Twin(name: "twin")
    _ = try model.predict(Tensor.zeros([1, 3]))
    #expect(model.weights.map(\.path) == ["twin/d/kernel", "twin/d/bias"])
  }

  /// Names in a file may say more or less of the layers around than the model's.
  @Test func namesWithOtherBeginnings() throws {
    let folder = try TemporaryFolder()
    func model(_ names: [String], inside name: String) -> Sequential {
      Sequential([InputLayer(batchShape: [nil, 2])] + names.map { Dense(2, name: $0) }, name: name)
    }
    let stored = model(["a", "b"], inside: "first")
    try stored.saveWeights(folder.path + "/w.safetensors")
    let other = model(["a", "b"], inside: "second/first")
    #expect(try other.loadWeights(folder.path + "/w.safetensors").isComplete)
    #expect(try other.getWeights().map { try $0.scalars() } == stored.getWeights().map { try $0.scalars() })

    // Two weights of the model could be meant.
    let x = Input(2)
    let twice = try Model(
      inputs: x, outputs: model(["a"], inside: "left/first")(model(["a"], inside: "right/first")(x)))
    #expect(throws: KerasError.self) { try twice.loadWeights(folder.path + "/w.safetensors") }
  }
}
