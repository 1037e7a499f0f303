/// What became of every weight when a file was loaded into a model.
///
/// Names of the model's weights are those that `Model.weightNames` gives; what is in the file goes by its place there.
public struct WeightReport: Sendable, Equatable {
  /// A weight and an array that stand in the same place but differ in shape.
  public struct Mismatch: Sendable, Equatable, CustomStringConvertible {
    /// The model's weight.
    public let weight: String
    public let expected: [Int]
    /// The place in the file.
    public let stored: String
    public let found: [Int]

    public var description: String { "\(weight) needs \(expected), \(stored) has \(found)" }
  }

  /// Weights that now hold the file's numbers.
  public internal(set) var loaded: [String] = []
  /// Weights of the model that the file has nothing for. They keep their numbers.
  public internal(set) var missing: [String] = []
  /// Arrays of the file that the model has no weight for.
  public internal(set) var unexpected: [String] = []
  /// Weights that keep their numbers because the file's have another shape.
  public internal(set) var mismatched: [Mismatch] = []

  /// Whether every weight was filled and everything in the file used.
  public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty }
}

extension WeightReport: CustomStringConvertible {
  public var description: String {
    func part(_ title: String, _ items: [String]) -> [String] {
      guard !items.isEmpty else { return [] }
      let shown = items.prefix(8).joined(separator: ", ")
      return ["\(title): \(shown)\(items.count > 8 ? " and \(items.count - 8) more" : "")"]
    }
    let parts =
      part("not in the file", missing) + part("in the file but not in the model", unexpected)
      + part("of another shape", mismatched.map(\.description))
    return parts.isEmpty ? "\(loaded.count) weights loaded" : parts.joined(separator: "; ")
  }
}
