/// What went wrong with a model file: which file, where in it, what was expected, what was found, and what to do.
///
/// Every function of this module that can fail throws this type. `description` is one line.
public struct ModelFileError: Error, Sendable, Equatable {
  /// The class of a failure, for programs that decide by it.
  public enum Kind: Sendable {
    /// The file, member, group, dataset or attribute does not exist.
    case missing
    /// The operating system refused: permissions, no space left, a read error.
    case system
    /// The bytes break the rules of their format.
    case malformed
    /// Valid, but a part of the format that this module does not implement.
    case unsupported
    /// Valid, but never followed or decoded because it is a known attack: links out of the file, pickled objects, paths.
    case refused
    /// A size, depth or count over the limit given by the caller.
    case limitExceeded
    /// An element type, shape or kind of value other than the one asked for.
    case mismatch
    /// An argument given by the program that cannot be written or used.
    case invalidArgument
  }

  public let kind: Kind
  /// The path or label of the file.
  public let file: String
  /// The archive member or path inside the file; empty for the file as a whole.
  public let location: String
  public let expected: String
  public let found: String
  public let remedy: String

  public init(
    _ kind: Kind, file: String, location: String = "", expected: String, found: String, remedy: String? = nil
  ) {
    self.kind = kind
    self.file = file
    self.location = location
    self.expected = expected
    self.found = found
    self.remedy = remedy ?? kind.usualRemedy
  }
}

extension ModelFileError.Kind {
  fileprivate var usualRemedy: String {
    switch self {
    case .missing: "check the name"
    case .system: "check the path, its permissions and the disk"
    case .malformed: "the file is damaged; save or download it again"
    case .unsupported: "save the file again with default options"
    case .refused: "this is never read, for safety; save the data itself into the file"
    case .limitExceeded: "if the file is trusted, pass a larger limit"
    case .mismatch: "ask for what the file holds, or use the file that fits"
    case .invalidArgument: "change the argument"
    }
  }
}

extension ModelFileError: CustomStringConvertible {
  public var description: String {
    let place = location.isEmpty ? file : "\(file): \(location)"
    return ModelFileError.oneLine("\(place): expected \(expected), found \(found); \(remedy)")
  }

  /// Text from a file may hold anything; a message stays one line of bounded length.
  private static func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if line.count >= 1000 { return String(line) + "…" }
      let isControl =
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        || (0x2028...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      line.append(isControl ? "\u{FFFD}" : scalar)
    }
    return String(line)
  }
}

/// The place that errors of a reader or writer speak about.
struct ErrorContext: Sendable {
  let file: String
  var location: String = ""

  func inside(_ name: String) -> ErrorContext {
    ErrorContext(file: file, location: location.isEmpty ? name : "\(location): \(name)")
  }

  func error(
    _ kind: ModelFileError.Kind, expected: String, found: String, remedy: String? = nil
  ) -> ModelFileError {
    ModelFileError(kind, file: file, location: location, expected: expected, found: found, remedy: remedy)
  }

  func malformed(expected: String, found: String) -> ModelFileError {
    error(.malformed, expected: expected, found: found)
  }

  func unsupported(expected: String, found: String, remedy: String? = nil) -> ModelFileError {
    error(.unsupported, expected: expected, found: found, remedy: remedy)
  }
}
