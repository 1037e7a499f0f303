import Keras

extension Model {
  /// The model in a file, for a command. What could not be taken over from the file is told on standard error.
  ///
  /// A file whose loss, metric or optimizer this program does not have still gives its model, not compiled.
  static func loaded(_ path: String) throws -> Model {
    do {
      let model = try load(path)
      if case .json? = try? ModelFormat(contentsOf: path) {
        Terminal.printWarning("\(path): holds no weights; they are new")
      }
      for warning in model.loadWarnings { Terminal.printWarning("\(path): \(warning)") }
      return model
    } catch let error as KerasError {
      guard let model = try? load(path, compile: false) else { throw error }
      Terminal.printWarning("\(path): how the file compiles the model is left out: \(error)")
      return model
    }
  }
}
