import Foundation
import Synchronization

/// The largest errors of each class over a test run, for the table in Documentation/Layers.md: with
/// `KERAS_LAYER_ERRORS=FOLDER` in the environment each family writes them into a file of that folder.
enum LayerErrors {
  enum Kind: String, Sendable { case output, gradient }

  private struct Entry: Sendable {
    var cases: Set<String> = []
    var errors: [Kind: Double] = [:]
  }

  private static let entries = Mutex<[String: Entry]>([:])

  static func note(_ fixture: FixtureCase, _ kind: Kind, _ closeness: Closeness) {
    entries.withLock { entries in
      for name in rows(of: fixture) {
        var entry = entries[name, default: Entry()]
        entry.cases.insert(fixture.name)
        entry.errors[kind] = max(entry.errors[kind] ?? 0, closeness.error)
        entries[name] = entry
      }
    }
  }

  /// The rows of the table that a case counts for: its class, and the function of an `Activation`.
  private static func rows(of fixture: FixtureCase) -> [String] {
    let className = String(fixture.name.prefix { $0 != "/" })
    guard className == "Activation" else { return [className] }
    return [className] + [fixture.manifest["layer"]?["config"]?["activation"]?.string].compactMap { $0 }
  }

  /// Writes all classes met so far: name, cases, output error, gradient error (or `-`), separated by tabs.
  static func write(family: String) throws {
    guard let folder = ProcessInfo.processInfo.environment["KERAS_LAYER_ERRORS"] else { return }
    let lines = entries.withLock { entries in
      entries.map { name, entry in
        let errors = [Kind.output, .gradient].map { entry.errors[$0].map { "\($0)" } ?? "-" }
        return ([name, "\(entry.cases.count)"] + errors).joined(separator: "\t")
      }
    }
    try lines.sorted().joined(separator: "\n").write(
      toFile: "\(folder)/\(family).tsv", atomically: true, encoding: .utf8)
  }
}
