import ModelFiles

/// The version of Keras that wrote a file: what names and values in it mean depends on it.
struct KerasVersion: Sendable, Comparable, CustomStringConvertible {
  let major: Int
  let minor: Int
  let patch: Int

  /// The version whose format is written.
  static let current = KerasVersion(3, 15, 1)
  /// What wrote files that name no version.
  static let keras1 = KerasVersion(1, 0, 0)

  init(_ major: Int, _ minor: Int, _ patch: Int) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads `3.10.0`, `2.4.0-tf`, `2.15`. Gives `nil` for what does not start with a number.
  init?(_ text: String) {
    let parts = text.split(separator: ".").map { Int($0.prefix { $0.isASCII && $0.isNumber }) }
    guard let major = parts.first ?? nil else { return nil }
    func part(_ index: Int) -> Int { parts.indices.contains(index) ? parts[index] ?? 0 : 0 }
    self.init(major, part(1), part(2))
  }

  /// The version that an object of a file names; Keras 3 writes none into configs.
  init(of description: JSONValue) {
    self = description["keras_version"]?.string.flatMap(KerasVersion.init) ?? .current
  }

  var isKeras1: Bool { major < 2 }
  var isKeras2: Bool { major == 2 }
  var isKeras3: Bool { major >= 3 }

  var description: String { "\(major).\(minor).\(patch)" }

  static func < (left: KerasVersion, right: KerasVersion) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}
