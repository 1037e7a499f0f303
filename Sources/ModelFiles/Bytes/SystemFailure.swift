#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Turns `errno` into a ``ModelFileError``.
enum SystemFailure {
  static func error(_ code: Int32, _ context: ErrorContext, expected: String) -> ModelFileError {
    let message = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    let isMissing = code == ENOENT || code == ENOTDIR
    return context.error(
      isMissing ? .missing : .system, expected: expected, found: "“\(message)”", remedy: remedy(code))
  }

  private static func remedy(_ code: Int32) -> String? {
    switch code {
    case ENOSPC, EDQUOT: "free some space; an earlier version of the file is untouched"
    case EFBIG: "the file system or a limit forbids files this large"
    case EACCES, EPERM, EROFS: "check the permissions of the file and its folder"
    case EMFILE, ENFILE: "close some files"
    case ENOENT, ENOTDIR: "check the path"
    default: nil
    }
  }
}
