/// The arguments as the system passed them.
enum ArgumentBytes {
  /// - Throws: where an argument is not UTF-8. As text it would name another file than the one that was meant.
  static func check() throws {
    for index in 0..<Int(CommandLine.argc) {
      guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) == nil else { continue }
      throw CommandError(
        "argument \(index), \(String(cString: argument)): is not UTF-8; give the file another name, or use a link to it"
      )
    }
  }
}
