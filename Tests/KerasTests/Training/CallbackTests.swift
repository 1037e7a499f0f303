import Graph
import Testing

@testable import Keras

/// Callbacks that change the course of training.
@Suite struct CallbackTests {
  private func model(_ rate: LearningRate = 0.1) throws -> Model {
    let input = Input(2)
    let model = try Model(inputs: [input], outputs: [Dense(1)(input)])
    try model.compile(optimizer: SGD(learningRate: rate), loss: .meanSquaredError)
    return model
  }

  private let x = Tensor.ones([8, 2])
  private let y = Tensor.ones([8, 1])

  @Test func earlyStoppingStopsWithoutImprovement() throws {
    let stopping = EarlyStopping(monitor: "loss", minDelta: 1e9, patience: 2, restoreBestWeights: true)
    let history = try model().fit(x, y, epochs: 20, verbose: .silent, callbacks: [stopping])
    #expect(history.epochs.count == 3)
    #expect(stopping.stoppedEpoch == 2)
    #expect(stopping.bestEpoch == 0)
  }

  @Test func plateausReduceTheRate() throws {
    let model = try model()
    let reduction = ReduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 1, minDelta: 1e9)
    try model.fit(x, y, epochs: 3, verbose: .silent, callbacks: [reduction])
    #expect(abs(try model.requireCompilation().optimizer.currentLearningRate - 0.025) < 1e-6)
  }

  @Test func scheduleSetsTheRate() throws {
    let model = try model()
    let scheduler = LearningRateScheduler { epoch, rate in epoch == 0 ? 0.5 : rate / 10 }
    try model.fit(x, y, epochs: 2, verbose: .silent, callbacks: [scheduler])
    #expect(abs(try model.requireCompilation().optimizer.currentLearningRate - 0.05) < 1e-6)
  }

  @Test func notANumberStops() throws {
    let history = try model(1e30).fit(x, y, epochs: 50, verbose: .silent, callbacks: [TerminateOnNaN()])
    #expect(history.epochs.count < 50)
  }
}
