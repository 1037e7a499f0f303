#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a file is written: what a path comes to when symbolic links are followed, whether or not there is a file yet.
///
/// Paths are C strings here: what a link or a folder holds need not be text.
struct FileDestination {
  let path: [CChar]

  init(_ path: String, _ context: ErrorContext) throws(ModelFileError) {
    var place = Array(path.utf8CString)
    var linkCount = 0
    while let target = FileDestination.target(ofLink: place) {
      linkCount += 1
      guard linkCount <= 40 else { throw SystemFailure.error(ELOOP, context, expected: "a file behind symbolic links") }
      place = target.first == FileDestination.slash ? target : FileDestination.folderPrefix(of: place) + target
    }
    self.path = place
  }

  private static let slash = CChar(UInt8(ascii: "/"))

  /// What a symbolic link holds; `nil` where there is no link of that path.
  private static func target(ofLink path: [CChar]) -> [CChar]? {
    let limit = Int(PATH_MAX)
    var target = [CChar](repeating: 0, count: limit)
    let count = readlink(path, &target, limit)
    return count > 0 ? Array(target[..<count]) + [0] : nil
  }

  /// The path up to the last slash, with it; empty where there is none.
  private static func folderPrefix(of path: [CChar]) -> [CChar] {
    path.lastIndex(of: slash).map { Array(path[...$0]) } ?? []
  }

  /// The folder of the file.
  var folder: [CChar] {
    let prefix = FileDestination.folderPrefix(of: path)
    return (prefix.isEmpty ? [CChar(UInt8(ascii: "."))] : prefix) + [0]
  }

  /// A new name beside the file.
  func temporary() -> [CChar] {
    let prefix = FileDestination.folderPrefix(of: path)
    // A long name must not make the temporary one longer than file systems allow.
    let name = path.dropFirst(prefix.count).dropLast().prefix(80)
    let tag = String(UInt64.random(in: .min ... .max), radix: 36)
    var result = prefix + [CChar(UInt8(ascii: "."))]
    result += name
    result += ".\(tag).tmp".utf8CString
    return result
  }
}
