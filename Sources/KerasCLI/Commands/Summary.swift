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
    let model = try Model.loaded(model)
    for line in model.summary().split(separator: "\n", omittingEmptySubsequences: false) {
      print(Terminal.escaped(String(line)))
    }
    if model.inputKeys.count > 1 { print("Inputs: \(Terminal.escaped(model.inputKeys.joined(separator: ", ")))") }
    if model.outputKeys.count > 1 { print("Outputs: \(Terminal.escaped(model.outputKeys.joined(separator: ", ")))") }
  }
}
