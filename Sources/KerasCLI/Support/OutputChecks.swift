#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Keras

/// Checks before the work what would fail after it.
enum OutputChecks {
  /// - Throws: where the folder of a file does not exist or cannot be written.
  static func checkFolder(of path: String) throws {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    guard access(folder, W_OK) == 0 else {
      throw CommandError("\(path): expected a folder that can be written, found “\(String(cString: strerror(errno)))”")
    }
  }

  /// - Throws: where a whole model cannot be written under this name.
  static func checkModel(_ path: String) throws {
    guard let format = try? ModelFormat(endingOf: path), [.keras, .hdf5].contains(format) else {
      throw CommandError("\(path): expected an output that ends in .keras or .h5")
    }
    try checkFolder(of: path)
  }
}
