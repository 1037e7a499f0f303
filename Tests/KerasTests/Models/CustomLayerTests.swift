import Testing

@testable import Keras

/// Layers and models of the program's own.
@Suite struct CustomLayerTests {
  final class Scale: Layer, @unchecked Sendable {
    var factor: Variable?

    override func build(_ inputShape: [Int?]) throws {
      factor = try addWeight("factor", shape: [inputShape.last.flatMap { $0 } ?? 1], initializer: .ones)
    }

    override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
      factor.map { input * context[$0] } ?? input
    }
  }

  final class Counter: Layer, @unchecked Sendable {
    var calls: Variable?

    override func build(_ inputShape: [Int?]) throws {
      calls = try addWeight("calls", shape: [], initializer: .zeros, trainable: false)
    }

    override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
      if let calls, context.training { context.assign(calls, context[calls] + 1) }
      return input
    }
  }

  final class Twin: Model, @unchecked Sendable {
    let dense = Dense(3)
    override var sublayers: [(attribute: String, layer: Layer)] { [("dense", dense)] }
    override func call(_ input: Tensor, _ context: CallContext) -> Tensor { dense(dense(input)) }
  }

  @Test func weightsTrain() throws {
    let layer = Scale()
    let model = Sequential([InputLayer(batchShape: [nil, 3]), layer])
    try model.compile(optimizer: SGD(learningRate: 0.5), loss: .meanSquaredError)
    try model.fit(.ones([4, 3]), Tensor.ones([4, 3]) * 3, epochs: 60, verbose: 0)
    for value in try layer.getWeights()[0].scalars() { #expect(abs(value - 3) < 1e-2) }
  }

  @Test func stateChangesInTrainingOnly() throws {
    let counter = Counter()
    let model = Sequential {
      Input(2)
      counter
      Dense(1)
    }
    try model.compile(loss: .meanSquaredError)
    try model.fit(.ones([10, 2]), .ones([10, 1]), batchSize: 5, epochs: 3, verbose: 0)
    _ = try model.predict(.ones([10, 2]))
    #expect(try counter.getWeights()[0].item() == 6)
  }

  @Test func subclassedModelSharesALayer() throws {
    let model = Twin()
    try model.compile(optimizer: SGD(learningRate: 0.05), loss: .meanSquaredError)
    let history = try model.fit(.ones([8, 3]), .ones([8, 3]), epochs: 30, verbose: 0)
    #expect(model.weights.count == 2)
    #expect(history["loss"].last ?? 1 < 0.1)
  }

  @Test func calledOnNumbers() throws {
    let dense = Dense(2, kernelInitializer: .ones)
    #expect(try dense(Tensor([1, 2, 3] as [Float], shape: [1, 3])).scalars() == [6, 6])
    #expect(dense.weights.map(\.path) == ["\(dense.name)/kernel", "\(dense.name)/bias"])
  }

  @Test func extraLossIsMinimised() throws {
    let layer = Dense(1, kernelInitializer: .ones, kernelRegularizer: .l2(0.5), activityRegularizer: .l2(0.25))
    let model = Sequential([InputLayer(batchShape: [nil, 2]), layer])
    try model.compile(optimizer: SGD(learningRate: 0), loss: .meanSquaredError)
    let logs = try model.evaluate(.ones([4, 2]), Tensor.ones([4, 1]) * 2, verbose: 0)
    // 0.5 · (1 + 1) of the kernel, 0.25 · 4 · 2² / 4 of the output.
    #expect(logs["loss"] == 2)
  }
}
