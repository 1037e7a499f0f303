import Testing

@testable import Keras

/// Details in which Keras's layers differ from what one would expect of them.
@Suite struct LayerDetailTests {
  /// The mean is taken over axis 1, yet the scale multiplies along the last axis.
  @Test func scaleOfRMSNormalizationIsBroadcastAsItIs() throws {
    let layer = RMSNormalization(axis: [1], epsilon: 0)
    let x = Tensor([1, 2, 3, 4] as [Float]).reshape([1, 2, 2])
    try layer.buildIfNeeded(shapes: [[1, 2, 2]])
    try layer.setWeights([Tensor([1, 10] as [Float])])
    let (a, b) = (Float(5).squareRoot(), Float(10).squareRoot())
    try expectClose(layer(x), Tensor([1 / a, 20 / b, 3 / a, 40 / b]).reshape([1, 2, 2]), "output")
  }

  /// An activity regularizer counts for all outputs of a layer, returned states among them.
  @Test func activityRegularizerCountsStates() throws {
    let input = Input(1, 1)
    let layer = SimpleRNN(
      1, activation: .linear, kernelInitializer: .ones, activityRegularizer: L2(0.5), returnState: true)
    let model = try Model(inputs: [input], outputs: layer.apply(CallArguments([.tensor(input)])))
    try model.compile(optimizer: SGD(learningRate: 0), loss: .meanSquaredError)
    let zero = Tensor.zeros([1, 1])
    // The output and the state are 1: two squared errors and two penalties of 0.5.
    let logs = try model.trainOnBatch([.ones([1, 1, 1])], [zero, zero])
    #expect(abs((logs["loss"] ?? 0) - 3) < 1e-6)
  }
}
