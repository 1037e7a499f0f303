/// Stops training when a monitored value has not improved for some epochs. Source: `keras.callbacks.EarlyStopping`.
///
/// ```swift
/// try model.fit(x, y, epochs: 100, callbacks: [EarlyStopping(patience: 3)], validationSplit: 0.2)
/// ```
public final class EarlyStopping: Callback, @unchecked Sendable {
  private let initial: Monitor
  private var monitor: Monitor
  private let patience: Int
  private let baseline: Double?
  private let restoreBestWeights: Bool
  private let startFromEpoch: Int
  private var wait = 0
  private var bestWeights: [Tensor]?
  /// The epoch after which training was stopped, from 0.
  public private(set) var stoppedEpoch: Int?
  /// The epoch of the best value.
  public private(set) var bestEpoch = 0

  /// - Parameters:
  ///   - patience: epochs without improvement that are allowed.
  ///   - monitor: a name in the logs; that it is there is checked after the first batch.
  ///   - baseline: a value that must be beaten within the patience.
  ///   - restoreBestWeights: whether the model ends with the weights of its best epoch.
  ///   - startFromEpoch: epochs that do not count.
  public init(
    monitor: String = "val_loss", minDelta: Double = 0, patience: Int = 0, mode: Monitor.Mode = .auto,
    baseline: Double? = nil, restoreBestWeights: Bool = false, startFromEpoch: Int = 0
  ) {
    initial = Monitor(monitor, mode: mode, minDelta: minDelta)
    self.monitor = initial
    self.patience = patience
    self.baseline = baseline
    self.restoreBestWeights = restoreBestWeights
    self.startFromEpoch = startFromEpoch
    super.init()
  }

  public override func onTrainBegin(_ state: TrainingState) throws {
    monitor = initial
    wait = 0
    bestWeights = nil
    stoppedEpoch = nil
  }

  public override func onBatchEnd(_ batch: Int, _ logs: Logs, _ state: TrainingState) throws {
    if batch == 0 { try monitor.prepare(logs, state, for: "EarlyStopping") }
  }

  public override func onEpochEnd(_ epoch: Int, _ logs: Logs, _ state: TrainingState) throws {
    guard epoch >= startFromEpoch, let value = logs[monitor.name] else { return }
    if restoreBestWeights, bestWeights == nil {
      bestWeights = state.model.getWeights()
      bestEpoch = epoch
    }
    wait += 1
    if monitor.improves(value) {
      bestEpoch = epoch
      if restoreBestWeights { bestWeights = state.model.getWeights() }
      if baseline.map({ monitor.isBetter(value, than: $0) }) ?? true { wait = 0 }
    } else if wait >= patience, epoch > 0 {
      stoppedEpoch = epoch
      state.model.stopTraining = true
    }
  }

  public override func onTrainEnd(_ logs: Logs, _ state: TrainingState) throws {
    if let bestWeights { try state.model.setWeights(bestWeights) }
  }
}
