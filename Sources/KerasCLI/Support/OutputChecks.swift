#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Keras

/// Checks before the work what would fail after it.
enum OutputChecks {
  /// - Throws: where a file cannot be written under this name: its folder does not exist or cannot be written, or the name
  ///   is a folder's.
  static func checkFile(_ path: String) throws {
    try checkFolder(of: path)
    guard Folder(path) == nil else { throw CommandError("\(path): expected the name of a file, found a folder") }
  }

  /// - Throws: where an output would replace one of the inputs.
  static func check(_ output: String, against inputs: [String]) throws {
    func file(_ path: String) -> stat? {
      var status = stat()
      return stat(path, &status) == 0 ? status : nil
    }
    guard let found = file(output) else { return }
    for input in inputs {
      guard let other = file(input), other.st_dev == found.st_dev, other.st_ino == found.st_ino else { continue }
      throw CommandError("\(output): would replace the input \(input); give the output another name")
    }
  }

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
    try checkFile(path)
  }
}
