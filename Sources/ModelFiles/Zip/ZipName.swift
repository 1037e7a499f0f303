/// The rules for member names. They are labels here, but a name that means a path elsewhere marks a hostile archive.
enum ZipName {
  static func validate(_ bytes: [UInt8], _ context: ErrorContext) throws(ModelFileError) -> String {
    guard let name = String(validating: bytes, as: UTF8.self) else {
      throw context.malformed(expected: "member names in UTF-8", found: "other bytes")
    }
    if let problem = problem(with: name) {
      throw context.error(
        .refused, expected: "a plain member name", found: "“\(name)”, \(problem)",
        remedy: "such a name could be taken for a path; write the archive again")
    }
    return name
  }

  /// What is wrong with `name`, or nil.
  static func problem(with name: String) -> String? {
    if name.isEmpty { return "which is empty" }
    if name.utf8.contains(0) { return "which holds a NUL character" }
    if name.utf8.contains(UInt8(ascii: "\\")) { return "which holds a backslash" }
    if name.utf8.first == UInt8(ascii: "/") { return "which is an absolute path" }
    if name.utf8.dropFirst().first == UInt8(ascii: ":") { return "which names a drive" }
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    if components.contains("..") { return "which leaves its folder" }
    return nil
  }
}
