import Graph
import Testing

@testable import Keras

/// Models whose outputs are told apart by name, optimizers and functions that belong to one place.
@Suite struct NamedOutputTests {
  private let x = Tensor((0..<16).map { Float($0) / 16 }, shape: [8, 2])
  private let values = Tensor((0..<8).map { Float($0) / 8 }, shape: [8, 1])
  private let kinds = Tensor([0, 1, 2, 0, 1, 2, 0, 1] as [Int32])

  private func model() throws -> Model {
    let input = Input(2)
    return try Model(
      inputs: [input],
      outputs: [
        Dense(1, kernelInitializer: GlorotUniform(seed: 1), name: "value")(input),
        Dense(3, activation: .softmax, kernelInitializer: GlorotUniform(seed: 2), name: "kind")(input),
      ])
  }

  @Test func namesStandForPlaces() throws {
    let (named, listed) = (try model(), try model())
    #expect(named.outputNames == ["value", "kind"])
    try named.compile(
      optimizer: SGD(learningRate: 0.1), losses: ["kind": .sparseCategoricalCrossentropy, "value": .meanSquaredError],
      lossWeights: ["kind": 2], metrics: ["kind": [.accuracy]])
    try listed.compile(
      optimizer: SGD(learningRate: 0.1), losses: [.meanSquaredError, .sparseCategoricalCrossentropy],
      lossWeights: [1, 2], metrics: [[], [.accuracy]])
    let weights: [Int: Double] = [0: 0.5, 2: 3]
    let first = try named.fit(
      [x], named.inOutputOrder(["kind": kinds, "value": values]), verbose: .silent, shuffle: false,
      classWeights: ["kind": weights])
    let byClass = Tensor([0.5, 1, 3, 0.5, 1, 3, 0.5, 1] as [Float])
    let second = try listed.fit(
      [x], [values, kinds], verbose: .silent, shuffle: false, sampleWeights: [Tensor.ones([8]), byClass])
    #expect(first.values == second.values)
    #expect(first.names == ["loss", "value_loss", "kind_loss", "kind_accuracy"])
  }

  @Test func outputsWithoutLossNeedNoTarget() throws {
    let model = try model()
    try model.compile(optimizer: SGD(), losses: ["kind": .sparseCategoricalCrossentropy])
    let logs = try model.evaluate([x], model.inOutputOrder(["kind": kinds]), verbose: .silent)
    #expect(logs.map(\.name) == ["loss"])
    #expect(throws: KerasError.self) { try model.inOutputOrder(["value": values]) }
  }

  @Test func unknownNamesAreErrors() throws {
    let model = try model()
    let error = #expect(throws: KerasError.self) { try model.compile(losses: ["kinds": .meanSquaredError]) }
    #expect(error?.message == "names the output kinds; the model's outputs are value, kind")
    #expect(throws: KerasError.self) {
      try model.compile(losses: ["kind": .meanSquaredError], metrics: ["knd": [.accuracy]])
    }
  }

  @Test func oneOptimizerIsOneModels() throws {
    func dense() -> Sequential {
      Sequential {
        Input(2)
        Dense(1)
      }
    }
    let optimizer = Adam()
    let (first, second) = (dense(), dense())
    try first.compile(optimizer: optimizer, loss: .meanSquaredError)
    try second.compile(optimizer: optimizer, loss: .meanSquaredError)
    try first.fit(x, values, verbose: .silent)
    let late = #expect(throws: KerasError.self) { try second.fit(x, values, verbose: .silent) }
    #expect(late?.message.contains("an optimizer of its own") == true)
    #expect(throws: KerasError.self) { try dense().compile(optimizer: optimizer, loss: .meanSquaredError) }
    #expect(throws: KerasError.self) {
      try dense().compile(optimizer: LossScaleOptimizer(optimizer), loss: .meanSquaredError)
    }
    // Frozen and thawed layers are still the model's.
    try first.compile(optimizer: optimizer, loss: .meanSquaredError)
    try first.fit(x, values, verbose: .silent)
  }

  @Test func closuresCannotBeSaved() throws {
    let folder = try TemporaryFolder()
    let model = Sequential {
      Input(2)
      Lambda(name: "twice") { $0 * 2 }
    }
    let error = #expect(throws: KerasError.self) { try model.save(folder.path + "/model.keras") }
    #expect(error?.description.hasPrefix("twice: is a Lambda of a closure") == true)
  }
}
