/// Stops training when the loss is not a finite number. Source: `keras.callbacks.TerminateOnNaN`.
public final class TerminateOnNaN: Callback, @unchecked Sendable {
  public override init() { super.init() }

  public override func onBatchEnd(_ batch: Int, _ logs: Logs, _ state: TrainingState) throws {
    if let loss = logs["loss"], !loss.isFinite { state.model.stopTraining = true }
  }
}
