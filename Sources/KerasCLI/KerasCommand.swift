import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The command `keras`.
@main
struct KerasCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keras",
    abstract: "Keras models without Python.",
    discussion: """
      Predicts with, trains and converts the model files of Keras.

        keras summary model.keras
        keras predict model.keras --input x.npz --output p.npz
        keras fit model.keras --data xy.npz --output trained.keras --epochs 5
      """,
    version: "0.1.0",
    subcommands: [Summary.self, Predict.self, Evaluate.self, Fit.self, Convert.self, Inspect.self, Layers.self])

  /// Runs the command. Any error is one line on standard error and a status other than 0.
  static func main() {
    // A file size limit is then an error of writing, as a full disk is.
    signal(SIGXFSZ, SIG_IGN)
    do {
      try ArgumentBytes.check()
      var command = try parseAsRoot()
      try command.run()
      try Terminal.flush()
    } catch {
      Failure(error).end()
    }
  }
}

/// An argument of a command, not of a layer's call.
typealias Argument<Value> = ArgumentParser.Argument<Value>
