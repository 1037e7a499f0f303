/// Calls functions of one's own at points of training. Source: `keras.callbacks.LambdaCallback`.
///
/// ```swift
/// LambdaCallback(onEpochEnd: { epoch, logs in print(epoch, logs["loss"] ?? 0) })
/// ```
public final class LambdaCallback: Callback, @unchecked Sendable {
  private let trainBegin: (@Sendable () throws -> Void)?
  private let epochBegin: (@Sendable (Int) throws -> Void)?
  private let batchEnd: (@Sendable (Int, Logs) throws -> Void)?
  private let epochEnd: (@Sendable (Int, Logs) throws -> Void)?
  private let trainEnd: (@Sendable (Logs) throws -> Void)?

  public init(
    onTrainBegin: (@Sendable () throws -> Void)? = nil, onEpochBegin: (@Sendable (Int) throws -> Void)? = nil,
    onBatchEnd: (@Sendable (Int, Logs) throws -> Void)? = nil,
    onEpochEnd: (@Sendable (Int, Logs) throws -> Void)? = nil, onTrainEnd: (@Sendable (Logs) throws -> Void)? = nil
  ) {
    trainBegin = onTrainBegin
    epochBegin = onEpochBegin
    batchEnd = onBatchEnd
    epochEnd = onEpochEnd
    trainEnd = onTrainEnd
    super.init()
  }

  public override func onTrainBegin(_ state: TrainingState) throws { try trainBegin?() }
  public override func onEpochBegin(_ epoch: Int, _ state: TrainingState) throws { try epochBegin?(epoch) }
  public override func onBatchEnd(_ batch: Int, _ logs: Logs, _ state: TrainingState) throws {
    try batchEnd?(batch, logs)
  }
  public override func onEpochEnd(_ epoch: Int, _ logs: Logs, _ state: TrainingState) throws {
    try epochEnd?(epoch, logs)
  }
  public override func onTrainEnd(_ logs: Logs, _ state: TrainingState) throws { try trainEnd?(logs) }
}
