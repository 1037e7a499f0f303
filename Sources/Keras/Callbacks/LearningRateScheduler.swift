/// Sets the learning rate before each epoch. Source: `keras.callbacks.LearningRateScheduler`.
///
/// ```swift
/// LearningRateScheduler { epoch, rate in epoch < 10 ? rate : rate * 0.9 }
/// ```
public final class LearningRateScheduler: Callback, @unchecked Sendable {
  private let schedule: @Sendable (_ epoch: Int, _ rate: Double) -> Double

  /// - Parameter schedule: the rate of an epoch (from 0), given the rate so far.
  public init(_ schedule: @escaping @Sendable (_ epoch: Int, _ rate: Double) -> Double) {
    self.schedule = schedule
    super.init()
  }

  public override func onTrainBegin(_ state: TrainingState) throws {
    try state.model.requireCompilation().optimizer.requireConstantRate("LearningRateScheduler")
  }

  public override func onEpochBegin(_ epoch: Int, _ state: TrainingState) throws {
    let optimizer = try state.model.requireCompilation().optimizer
    try optimizer.setLearningRate(schedule(epoch, optimizer.currentLearningRate))
  }

  public override func addLogs(_ epoch: Int, to logs: inout Logs, _ state: TrainingState) throws {
    logs["learning_rate"] = try state.model.requireCompilation().optimizer.currentLearningRate
  }
}
