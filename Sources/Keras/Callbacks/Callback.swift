/// Watches training. Every method does nothing unless overridden.
open class Callback: @unchecked Sendable {
  public init() {}
  open func onTrainBegin(_ state: TrainingState) throws {}
  open func onEpochBegin(_ epoch: Int, _ state: TrainingState) throws {}
  open func onBatchEnd(_ batch: Int, _ logs: Logs, _ state: TrainingState) throws {}
  /// Adds to an epoch's logs, before callbacks and `History` see them.
  open func addLogs(_ epoch: Int, to logs: inout Logs, _ state: TrainingState) throws {}
  open func onEpochEnd(_ epoch: Int, _ logs: Logs, _ state: TrainingState) throws {}
  open func onTrainEnd(_ logs: Logs, _ state: TrainingState) throws {}
}

/// What a callback sees of the run.
public struct TrainingState: Sendable {
  public let model: Model
  public let epochs: Int
  /// Batches in an epoch.
  public let steps: Int
  /// Whether there are data to validate on.
  public let isValidated: Bool
}

/// Names and values in the order in which they are shown.
public struct Logs: Sendable, Sequence {
  public private(set) var entries: [(name: String, value: Double)] = []

  public init(_ entries: [(name: String, value: Double)] = []) { self.entries = entries }

  public subscript(name: String) -> Double? {
    get { entries.first { $0.name == name }?.value }
    set {
      if let index = entries.firstIndex(where: { $0.name == name }) {
        if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
      } else if let newValue {
        entries.append((name, newValue))
      }
    }
  }

  public func makeIterator() -> IndexingIterator<[(name: String, value: Double)]> { entries.makeIterator() }
}

/// The logs of each epoch of a run, by name.
public struct History: Sendable {
  /// One value an epoch: `history["val_loss"]`.
  public private(set) var values: [String: [Double]] = [:]
  /// The names in the order in which they first came.
  public private(set) var names: [String] = []
  /// The numbers of the epochs, from 0.
  public private(set) var epochs: [Int] = []

  public subscript(name: String) -> [Double] { values[name] ?? [] }

  mutating func append(_ logs: Logs, epoch: Int) {
    epochs.append(epoch)
    for (name, value) in logs {
      if values[name] == nil { names.append(name) }
      values[name, default: []].append(value)
    }
  }
}
