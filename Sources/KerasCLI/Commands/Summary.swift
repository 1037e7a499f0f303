import ArgumentParser
import Keras

/// `keras summary`
struct Summary: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Show a model's layers, output shapes and parameters.",
    discussion: "  keras summary model.keras")

  @Argument(help: "The model's file.")
  var model: String

  func run() throws {
    for line in try Model.loaded(model).summary().split(separator: "\n", omittingEmptySubsequences: false) {
      print(Terminal.escaped(String(line)))
    }
  }
}
