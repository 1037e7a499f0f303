/// A value of the logs that a callback watches for improvement.
public struct Monitor: Sendable {
  /// Which way is better.
  public enum Mode: String, Sendable, CaseIterable {
    case min, max
    /// Larger is better for accuracies, areas, precision, recall and scores; smaller for everything else.
    case auto
  }

  public let name: String
  let isLargerBetter: Bool
  /// Smaller changes are none.
  let minDelta: Double
  private(set) var best: Double?

  public init(_ name: String, mode: Mode = .auto, minDelta: Double = 0, baseline: Double? = nil) {
    self.name = name
    self.minDelta = minDelta.magnitude
    best = baseline
    let rising = ["acc", "auc", "precision", "recall", "score", "iou"]
    isLargerBetter = mode == .max || (mode == .auto && rising.contains { name.lowercased().contains($0) })
  }

  /// Whether a value is better than the best so far; it is the best from then on.
  mutating func improves(_ value: Double) -> Bool {
    guard !value.isNaN else { return false }
    if let best {
      guard isLargerBetter ? value - minDelta > best : value + minDelta < best else { return false }
    }
    best = value
    return true
  }

  mutating func forget() { best = nil }
}
