import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the program ends when a command throws.
struct Failure {
  private let error: any Error

  init(_ error: any Error) { self.error = error }

  /// The help of the command that was meant.
  private var help: String {
    let name = CommandLine.arguments.dropFirst().first ?? ""
    let isKnown = KerasCommand.configuration.subcommands.contains { $0._commandName == name }
    return isKnown ? "keras \(name) --help" : "keras --help"
  }

  /// Prints help on standard output, or the error as one line on standard error, and ends the program.
  func end() -> Never {
    if let problems = error as? Problems {
      for line in problems.lines { Terminal.printError("keras: " + Terminal.escaped(line)) }
      exit(EXIT_FAILURE)
    }
    let code = KerasCommand.exitCode(for: error)
    if code == .success { KerasCommand.exit(withError: error) }
    var line = "keras: " + Terminal.escaped(CommandWording.adapted(KerasCommand.message(for: error)))
    if code == .validationFailure { line += " (see \(help))" }
    Terminal.printError(line)
    exit(code == .validationFailure ? EX_USAGE : EXIT_FAILURE)
  }
}
