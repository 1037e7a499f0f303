#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A new folder that appears under its name only when all files in it are complete.
public enum AtomicFolder {
  /// Makes the folder, with the files that `body` writes below the path it is given.
  ///
  /// - Throws: what `body` throws, and ``ModelFileError`` where something of that name exists already or the system
  ///   refuses. No folder is left then.
  public static func write(to path: String, _ body: (String) throws -> Void) throws {
    let context = ErrorContext(file: path)
    guard !path.isEmpty, !path.utf8.contains(0), access(path, F_OK) != 0 else {
      throw context.error(.invalidArgument, expected: "the name of a new folder", found: "one that exists")
    }
    let temporary = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
    guard mkdir(temporary, 0o777) == 0 else {
      throw SystemFailure.error(errno, context, expected: "to make a folder")
    }
    do {
      try body(temporary)
      guard rename(temporary, path) == 0 else {
        throw SystemFailure.error(errno, context, expected: "to rename the finished folder into place")
      }
    } catch {
      remove(temporary)
      throw error
    }
  }

  private static func remove(_ folder: String) {
    if let stream = opendir(folder) {
      while let entry = readdir(stream) {
        _ = withUnsafePointer(to: &entry.pointee.d_name.0) { unlinkat(dirfd(stream), $0, 0) }
      }
      closedir(stream)
    }
    rmdir(folder)
  }
}
