#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Keras

/// What is particular to a terminal.
enum Terminal {
  /// Progress is shown where somebody watches, never in a pipe or a file.
  static var progress: Verbosity { isatty(STDOUT_FILENO) == 1 ? .automatic : .silent }

  /// - Throws: where what was printed could not be written, as on a full disk.
  static func flush() throws {
    guard fflush(nil) == 0 else {
      throw CommandError("standard output: cannot be written: “\(String(cString: strerror(errno)))”")
    }
  }

  /// One line on standard error about something that does not keep the command from its work.
  static func printWarning(_ text: String) { printError("warning: " + escaped(CommandWording.adapted(text))) }

  static func printError(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Text from a file on one line, with nothing that would steer a terminal.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A: result.append(contentsOf: "\\n".unicodeScalars)
      case 0..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB:
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
