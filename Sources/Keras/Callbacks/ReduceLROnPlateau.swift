/// Multiplies the learning rate by `factor` when a monitored value has not improved for `patience` epochs.
/// Source: `keras.callbacks.ReduceLROnPlateau`.
public final class ReduceLROnPlateau: Callback, @unchecked Sendable {
  private let initial: Monitor
  private var monitor: Monitor
  private let factor: Double
  private let patience: Int
  private let cooldown: Int
  private let minLR: Double
  private var wait = 0
  private var cooldownLeft = 0

  /// - Parameters:
  ///   - monitor: a name in the logs; that it is there is checked after the first batch.
  ///   - factor: from 0 to below 1.
  ///   - cooldown: epochs after a reduction that do not count.
  ///   - minLR: the rate below which none is set.
  public init(
    monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10, mode: Monitor.Mode = .auto,
    minDelta: Double = 1e-4, cooldown: Int = 0, minLR: Double = 0
  ) {
    initial = Monitor(monitor, mode: mode, minDelta: minDelta)
    self.monitor = initial
    self.factor = factor
    self.patience = patience
    self.cooldown = cooldown
    self.minLR = minLR
    super.init()
  }

  public override func onTrainBegin(_ state: TrainingState) throws {
    guard factor >= 0, factor < 1 else {
      throw KerasError(
        .invalidArgument, "ReduceLROnPlateau, argument factor", "must be from 0 to below 1, found \(factor)")
    }
    try state.model.requireCompilation().optimizer.requireConstantRate("ReduceLROnPlateau")
    monitor = initial
    (wait, cooldownLeft) = (0, 0)
  }

  public override func onBatchEnd(_ batch: Int, _ logs: Logs, _ state: TrainingState) throws {
    if batch == 0 { try monitor.prepare(logs, state, for: "ReduceLROnPlateau") }
  }

  public override func addLogs(_ epoch: Int, to logs: inout Logs, _ state: TrainingState) throws {
    logs["learning_rate"] = try state.model.requireCompilation().optimizer.currentLearningRate
  }

  public override func onEpochEnd(_ epoch: Int, _ logs: Logs, _ state: TrainingState) throws {
    guard let value = logs[monitor.name] else { return }
    if cooldownLeft > 0 {
      cooldownLeft -= 1
      wait = 0
    }
    if monitor.improves(value) {
      wait = 0
    } else if cooldownLeft == 0 {
      wait += 1
      guard wait >= patience else { return }
      let optimizer = try state.model.requireCompilation().optimizer
      let rate = optimizer.currentLearningRate
      // The rate is kept as float32; rounded alike, a rate of the least is not above it.
      if rate > Double(Float(minLR)) {
        try optimizer.setLearningRate(Swift.max(rate * factor, minLR))
        cooldownLeft = cooldown
        wait = 0
      }
    }
  }
}
