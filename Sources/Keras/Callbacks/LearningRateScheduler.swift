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

  public override func onEpochBegin(_ epoch: Int, _ state: TrainingState) throws {
    let optimizer = try state.model.requireCompilation().optimizer
    optimizer.currentLearningRate = schedule(epoch, optimizer.currentLearningRate)
  }
}
