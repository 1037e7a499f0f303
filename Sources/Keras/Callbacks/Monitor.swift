/// A value of the logs that a callback watches for improvement.
public struct Monitor: Sendable {
  /// Which way is better.
  public enum Mode: String, Sendable, CaseIterable {
    case min, max
    /// As the metric says of itself: larger for accuracies, smaller for losses and errors.
    case auto
  }

  public let name: String
  private let mode: Mode
  private var isLargerBetter: Bool?
  /// Smaller changes are none.
  private let minDelta: Double
  private(set) var best: Double?

  public init(_ name: String, mode: Mode = .auto, minDelta: Double = 0) {
    self.name = name
    self.mode = mode
    isLargerBetter = mode == .auto ? nil : mode == .max
    self.minDelta = minDelta.magnitude
  }

  /// Looks, with the logs of the first batch, whether the value will be there and which way it is to go.
  ///
  /// - Throws: `KerasError` where it will not be, or where neither `mode` nor the metric says what is better.
  mutating func prepare(_ logs: Logs, _ state: TrainingState, for callback: String) throws {
    let validated = state.isValidated ? logs.map { "val_\($0.name)" } : []
    let known = logs.map(\.name) + validated
    guard known.contains(name) || name == "learning_rate" else { throw unknown(among: known, state, callback) }
    guard isLargerBetter == nil else { return }
    let log = name.hasPrefix("val_") && !logs.contains { $0.name == name } ? String(name.dropFirst(4)) : name
    guard let direction = state.model.isLargerBetter(log: log) else {
      throw KerasError(
        .invalidArgument, "\(callback), argument monitor",
        "\"\(name)\" does not say whether larger or smaller is better; give mode .max or .min")
    }
    isLargerBetter = direction
  }

  private func unknown(among known: [String], _ state: TrainingState, _ callback: String) -> KerasError {
    let near = namesNear(name, among: known)
    let hint =
      if name.hasPrefix("val_"), !state.isValidated {
        "there are no data for validation; give fit validationData or validationSplit"
      } else if !near.isEmpty { "did you mean \(near.joined(separator: ", "))?" } else { "" }
    return KerasError(
      .invalidArgument, "\(callback), argument monitor",
      "\"\(name)\" is not in the logs\(hint.isEmpty ? "" : "; \(hint)"); they have \(known.joined(separator: ", "))")
  }

  /// Whether a value is better than the best so far; it is the best from then on.
  mutating func improves(_ value: Double) -> Bool {
    guard !value.isNaN else { return false }
    if let best, !isBetter(value, than: best) { return false }
    best = value
    return true
  }

  func isBetter(_ value: Double, than other: Double) -> Bool {
    isLargerBetter == true ? value - minDelta > other : value + minDelta < other
  }
}

extension Model {
  /// Whether larger values of a log are better; `nil` where nobody knows.
  fileprivate func isLargerBetter(log: String) -> Bool? {
    guard let compilation else { return nil }
    // Where a metric has a value for each class, these are numbered.
    let name = log.prefix { $0 != "[" }
    let metrics = zip(compilation.logNames(outputNaming), compilation.reported)
    return metrics.reversed().first { $0.0 == log || $0.0 == name }?.1.isLargerBetter
  }
}
