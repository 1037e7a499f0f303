import Graph
import Testing

@testable import Keras

/// Callbacks that change the course of training.
@Suite struct CallbackTests {
  private func model(_ rate: LearningRate = 0.1, metrics: [Metric] = []) throws -> Model {
    let input = Input(2)
    let model = try Model(inputs: [input], outputs: [Dense(1)(input)])
    try model.compile(optimizer: SGD(learningRate: rate), loss: .meanSquaredError, metrics: metrics)
    return model
  }

  private let x = Tensor.ones([8, 2])
  private let y = Tensor.ones([8, 1])

  /// What training with a callback throws, in words.
  private func complaint(
    _ callback: Callback, _ rate: LearningRate = 0.1, metrics: [Metric] = [], validationSplit: Double = 0
  ) throws -> String {
    let model = try model(rate, metrics: metrics)
    let error = #expect(throws: KerasError.self) {
      try model.fit(x, y, verbose: .silent, callbacks: [callback], validationSplit: validationSplit)
    }
    return error?.description ?? ""
  }

  @Test func earlyStoppingStopsWithoutImprovement() throws {
    let stopping = EarlyStopping(monitor: "loss", minDelta: 1e9, patience: 2, restoreBestWeights: true)
    let history = try model().fit(x, y, epochs: 20, verbose: .silent, callbacks: [stopping])
    #expect(history.epochs.count == 3)
    #expect(stopping.stoppedEpoch == 2)
    #expect(stopping.bestEpoch == 0)
  }

  /// As in Keras, the first value is the best so far, but only one beyond the baseline ends the waiting.
  @Test func baselineMustBeBeaten() throws {
    let stopping = EarlyStopping(monitor: "loss", minDelta: 1e9, patience: 2, baseline: -1, restoreBestWeights: true)
    let history = try model().fit(x, y, epochs: 20, verbose: .silent, callbacks: [stopping])
    #expect(history.epochs.count == 2)
    #expect(stopping.bestEpoch == 0)
  }

  @Test func plateausReduceTheRate() throws {
    let model = try model()
    let reduction = ReduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 1, minDelta: 1e9)
    let history = try model.fit(x, y, epochs: 3, verbose: .silent, callbacks: [reduction])
    #expect(abs(try model.requireCompilation().optimizer.currentLearningRate - 0.025) < 1e-6)
    // The rate of an epoch, not the one that the callback sets at its end.
    #expect(history["learning_rate"].map { Float($0) } == [0.1, 0.1, 0.05])
  }

  @Test func scheduleSetsTheRate() throws {
    let model = try model()
    let scheduler = LearningRateScheduler { epoch, rate in epoch == 0 ? 0.5 : rate / 10 }
    let history = try model.fit(x, y, epochs: 2, verbose: .silent, callbacks: [scheduler])
    #expect(abs(try model.requireCompilation().optimizer.currentLearningRate - 0.05) < 1e-6)
    #expect(history["learning_rate"].map { Float($0) } == [0.5, 0.05])
    #expect(history.names.last == "learning_rate")
  }

  @Test func notANumberStops() throws {
    let history = try model(1e30).fit(x, y, epochs: 50, verbose: .silent, callbacks: [TerminateOnNaN()])
    #expect(history.epochs.count < 50)
  }

  @Test func unknownNamesAreErrors() throws {
    let stopping = try complaint(
      EarlyStopping(monitor: "val_acuracy"), metrics: [BinaryAccuracy(name: "accuracy")], validationSplit: 0.5)
    #expect(stopping.contains("did you mean val_accuracy?") && stopping.contains("loss, accuracy, val_loss"))
    let plateau = try complaint(ReduceLROnPlateau(monitor: "los"))
    #expect(plateau.contains("ReduceLROnPlateau, argument monitor: \"los\" is not in the logs; did you mean loss?"))
    #expect(try complaint(EarlyStopping()).contains("give fit validationData or validationSplit"))
  }

  /// A metric knows which way is better, whatever it is called; of counts nobody knows.
  @Test func metricsSayWhatIsBetter() throws {
    let model = try model(metrics: [R2Score(name: "error"), MetricFromLoss(MeanSquaredError(), name: "score")])
    for (name, isLargerBetter) in [("val_error", true), ("val_score", false), ("loss", false)] {
      var monitor = Monitor(name)
      try model.fit(x, y, verbose: .silent)
      let state = TrainingState(model: model, epochs: 1, steps: 1, isValidated: true)
      try monitor.prepare(Logs([("loss", 0), ("error", 0), ("score", 0)]), state, for: "test")
      let changes = [monitor.improves(1), monitor.improves(2)]
      #expect(changes == [true, isLargerBetter], "\(name)")
    }
    let counts = try complaint(EarlyStopping(monitor: "hits"), metrics: [TruePositives(name: "hits")])
    #expect(counts.contains("give mode .max or .min"))
  }

  @Test func validationThatIsNotDueIsNoError() throws {
    let history = try model().fit(
      x, y, epochs: 4, verbose: .silent, callbacks: [EarlyStopping(patience: 9)], validationSplit: 0.5,
      validationFrequency: 2)
    #expect(history["val_loss"].count == 2)
  }

  @Test func schedulesAreNotOverwritten() throws {
    let schedule = LearningRate.schedule(ExponentialDecay(0.1, decaySteps: 10, decayRate: 0.5))
    let setter = try complaint(LearningRateScheduler { _, rate in rate }, schedule)
    #expect(setter.contains("LearningRateScheduler: cannot set the learning rate of SGD"))
    let plateau = try complaint(ReduceLROnPlateau(monitor: "loss"), schedule)
    #expect(plateau.contains("follows the schedule ExponentialDecay"))
    #expect(throws: KerasError.self) { try SGD(learningRate: schedule).setLearningRate(0.1) }
    #expect(throws: KerasError.self) { try LossScaleOptimizer(SGD(learningRate: schedule)).setLearningRate(0.1) }
  }
}
