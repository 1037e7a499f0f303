import ModelFiles
import Testing

@testable import Keras

/// Activations with arguments: files store the layer that computes the same.
@Suite struct ActivationArgumentTests {
  private let x = Tensor([-2, -0.5, 0.5, 8] as [Float]).expandDims(0)

  @Test func argumentsSurviveAFile() throws {
    let functions: [ActivationFunction] = [
      .leakyRelu(negativeSlope: 0.1), .relu(negativeSlope: 0.25, maxValue: 6, threshold: 0.1), .elu(alpha: 0.5),
      .softmax(axis: 0), .tanh,
    ]
    for function in functions {
      let layer = Dense(3, activation: function, kernelInitializer: .constant(0.5))
      let expected = layer(x)
      let copy = try #require(LayerRegistry.make("Dense", layer.config.merging(layer.baseConfig)) as? Dense)
      try expectClose(copy(x), expected, function.name)
    }
  }

  @Test func kerasDefaultsAreNames() {
    for function in [ActivationFunction.leakyRelu(), .elu(), .gelu(), .softmax(axis: -1), .celu(), .glu()] {
      #expect(function.serialized == .string(function.name), "\(function.serialized)")
    }
  }

  /// What Keras has no layer for keeps its arguments in the name, which no file reader takes for the defaults.
  @Test func otherArgumentsAreNoDefaults() {
    #expect(throws: KerasError.self) { try ActivationFunction.named(ActivationFunction.gelu(approximate: true).name) }
    #expect(throws: KerasError.self) { try ActivationFunction.named(ActivationFunction.celu(alpha: 2).name) }
  }

  @Test func recurrentLayersUseTheArguments() throws {
    let sequence = x.reshape([1, 2, 2])
    let linear = SimpleRNN(2, activation: .linear, kernelInitializer: .ones, recurrentInitializer: .ones)
    let steep = SimpleRNN(
      2, activation: .relu(negativeSlope: 1), kernelInitializer: .ones, recurrentInitializer: .ones)
    try expectClose(steep(sequence), linear(sequence), "relu with slope 1 is linear")
  }

  @Test func aLayerWithWeightsIsNoActivation() {
    let failure = Dense(2, activation: ActivationFunction(PReLU()))(x).failure
    #expect(failure?.message.contains("weights") == true)
  }

  @Test(arguments: ["JaxLayer", "FlaxLayer", "TFSMLayer", "TorchModuleWrapper"])
  func foreignCodeIsRefused(_ className: String) {
    let error = #expect(throws: KerasError.self) { try LayerRegistry.make(className, ["name": "alien"]) }
    #expect(error.map { "\($0)".contains("alien") && "\($0)".contains(className) } == true)
  }
}
