import Graph
import Testing

@testable import Keras

/// Dropout inside recurrent layers: in training only, by the seed, with one pattern for all time steps.
@Suite struct RecurrentDropoutTests {
  private func sequence(_ shape: Shape) -> Tensor {
    Tensor((0..<shape.elementCount).map { Float($0 % 17) / 8 - 1 }, shape: shape)
  }

  private static let layers: [String: @Sendable (Int?) -> RecurrentLayer] = [
    "SimpleRNN": { SimpleRNN(8, dropout: 0.5, recurrentDropout: 0.5, seed: $0) },
    "LSTM": { LSTM(8, dropout: 0.5, recurrentDropout: 0.5, seed: $0) },
    "LSTM, input alone": { LSTM(8, dropout: 0.5, seed: $0) },
    "GRU": { GRU(8, dropout: 0.5, recurrentDropout: 0.5, seed: $0) },
    "GRU, reset before": { GRU(8, dropout: 0.5, recurrentDropout: 0.5, resetAfter: false, seed: $0) },
    "stacked": { RNN([LSTMCell(8, dropout: 0.5, seed: $0), GRUCell(8, recurrentDropout: 0.5, seed: $0)]) },
  ]

  @Test(arguments: layers.keys.sorted())
  func seedDecides(_ name: String) throws {
    let make = try #require(Self.layers[name])
    let x = sequence([4, 5, 6])
    let (first, second, other) = (make(7), make(7), make(8))
    let inference = try first(x).scalars()
    _ = (second(x), other(x))
    try second.setWeights(first.getWeights())
    try other.setWeights(first.getWeights())
    #expect(try second(x).scalars() == inference)
    let trained = try first(x, training: true).scalars()
    #expect(trained != inference)
    #expect(try second(x, training: true).scalars() == trained)
    #expect(try other(x, training: true).scalars() != trained)
    // Every call draws anew.
    #expect(try first(x, training: true).scalars() != trained)
    #expect(try first(x).scalars() == inference)
  }

  @Test func onePatternForAllSteps() throws {
    // With identity weights and no state the output is the input under the pattern.
    let layer = SimpleRNN(6, activation: .linear, useBias: false, dropout: 0.5, seed: 3, returnSequences: true)
    let x = Tensor.ones([2, 9, 6])
    _ = layer(x)
    try layer.setWeights([Tensor.eye(6), Tensor.zeros([6, 6])])
    let steps = try layer(x, training: true).scalars()
    for sample in 0..<2 {
      let rows = (0..<9).map { step in Array(steps[((sample * 9 + step) * 6)..<((sample * 9 + step + 1) * 6)]) }
      #expect(Set(rows).count == 1)
      #expect(rows[0].allSatisfy { $0 == 0 || $0 == 2 })
    }
    #expect(Set(steps) == [0, 2])
  }

  @Test func convolutional() throws {
    let x = sequence([2, 3, 5, 5, 2])
    let layer = ConvLSTM2D(3, kernelSize: 3, dropout: 0.5, recurrentDropout: 0.5, seed: 1)
    let twin = ConvLSTM2D(3, kernelSize: 3, dropout: 0.5, recurrentDropout: 0.5, seed: 1)
    let inference = try layer(x).scalars()
    _ = twin(x)
    try twin.setWeights(layer.getWeights())
    let trained = try layer(x, training: true).scalars()
    #expect(trained != inference)
    #expect(try twin(x, training: true).scalars() == trained)
  }
}
