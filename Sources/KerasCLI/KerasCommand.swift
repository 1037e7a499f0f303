import ArgumentParser

/// The command `keras`.
@main
struct KerasCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "keras", abstract: "Keras models without Python.")
}
