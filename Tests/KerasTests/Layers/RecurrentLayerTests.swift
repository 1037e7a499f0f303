import Graph
import Testing

@testable import Keras

@Suite struct RecurrentLayerTests {
  private func sequence(_ shape: Shape) -> Tensor {
    Tensor((0..<shape.elementCount).map { Float($0 % 13) / 6 - 1 }, shape: shape)
  }

  @Test func statefulLayerContinues() throws {
    let x = sequence([2, 6, 3])
    let whole = LSTM(4)
    let expected = try whole(x).scalars()
    let parts = LSTM(4, stateful: true)
    _ = parts(x.slice(axis: 1, 0..<3))
    try parts.setWeights(whole.getWeights())
    parts.resetStates()
    _ = parts(x.slice(axis: 1, 0..<3))
    let continued = try parts(x.slice(axis: 1, 3..<6)).scalars()
    #expect(zip(continued, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try parts(x.slice(axis: 1, 3..<6)).scalars() != continued)
    parts.resetStates()
    _ = parts(x.slice(axis: 1, 0..<3))
    #expect(try parts(x.slice(axis: 1, 3..<6)).scalars() == continued)
  }

  @Test func statesGoOnInAnotherLayer() throws {
    let x = sequence([2, 6, 3])
    let whole = LSTM(4)
    let expected = try whole(x).scalars()
    let part = LSTM(4, returnState: true)
    _ = part(x)
    try part.setWeights(whole.getWeights())
    let (_, states) = part.callWithStates(x.slice(axis: 1, 0..<3))
    #expect(states.count == 2)
    let continued = try whole(x.slice(axis: 1, 3..<6), initialState: states).scalars()
    #expect(zip(continued, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  /// A loop, written-out steps and the fused operation give the same.
  @Test func waysOfComputingAgree() throws {
    let x = sequence([3, 5, 2])
    let fused = GRU(4)
    let expected = try fused(x).scalars()
    // The name is unknown to the fused operation.
    let activation = ActivationFunction("tanh by another name") { $0.tanh() }
    for layer in [GRU(4, activation: activation), GRU(4, activation: activation, unroll: true)] {
      _ = layer(x)
      try layer.setWeights(fused.getWeights())
      #expect(zip(try layer(x).scalars(), expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  /// A cell that draws random numbers and keeps count: its variables go from step to step.
  @Test func cellWithVariablesOfItsOwn() throws {
    final class CountingCell: RecurrentCell, @unchecked Sendable {
      var count: Variable?
      let noise = Dropout(0.5, seed: 5)
      override var stateSize: [Int] { [1] }
      override func build(_ inputShape: [Int?]) throws {
        count = try addWeight("count", shape: [], initializer: .zeros, trainable: false)
      }
      override func call(_ input: Tensor, states: [Tensor], _ context: CallContext) -> (
        output: Tensor, states: [Tensor]
      ) {
        guard let count else { return (input, states) }
        context.assign(count, context[count] + 1)
        let random = noise(input * 0 + 1, training: true).sum(axis: [1], keepDims: true)
        return (random + context[count] * 1000, states)
      }
    }
    let cell = CountingCell()
    let layer = RNN(cell, returnSequences: true)
    let outputs = try layer(Tensor.ones([1, 4, 64])).scalars()
    #expect(outputs.map { Int($0 / 1000) } == [1, 2, 3, 4])
    #expect(Set(outputs.map { $0.truncatingRemainder(dividingBy: 1000) }).count > 1)
    #expect(try cell.count?.value.item() == 4)
  }

  @Test func refusals() throws {
    func failure(_ tensor: Tensor) -> String { tensor.failure?.description ?? "none" }
    let x = sequence([2, 3, 4])
    #expect(failure(LSTM(0, name: "bad")(x)).contains("bad (LSTMCell)") || failure(LSTM(0)(x)).contains("units"))
    #expect(failure(LSTM(3)(sequence([2, 4]))).contains("3 axes"))
    #expect(failure(LSTM(3)(x, initialState: [Tensor.zeros([2, 3])])).contains("initial states"))
    #expect(failure(GRU(3)(x, initialState: [], mask: Tensor.ones([2, 9]))).contains("mask"))
    #expect(failure(LSTM(3)(Tensor.zeros([2, 0, 4]))).contains("time step"))
    #expect(failure(Bidirectional(LSTM(3), backwardLayer: LSTM(3))(x)).contains("other direction"))
    #expect(failure(TimeDistributed(Dense(2))(sequence([2, 4]))) != "none")
    #expect(failure(RNN([RecurrentCell]())(x)).contains("at least one cell"))
    let twofold = ConvLSTM2D(2, kernelSize: 3, strides: 2, dilationRate: 2)
    #expect(failure(twofold(sequence([1, 2, 8, 8, 1]))).contains("strides"))
    let symbolic = LSTM(3, stateful: true)(Input(shape: [3, 4]))
    #expect(failure(symbolic).contains("batch size"))
  }
}
