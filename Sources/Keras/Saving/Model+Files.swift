import ModelFiles

extension Model {
  /// Writes the whole model: architecture, weights, and what `compile` was given with the optimizer's state. An existing
  /// file is replaced only when the new one is complete.
  ///
  /// - `.keras`: Keras 3 opens it.
  /// - `.h5`, `.hdf5`: Keras's older format. Keras 3 opens it; Keras 2 does where it has the layers and each takes one
  ///   tensor or one list of them, without models inside the model.
  ///
  /// ```swift
  /// try model.save("digits.keras")   // in Python: keras.models.load_model("digits.keras")
  /// ```
  /// - Parameter zipped: `false` writes what would be in a `.keras` file into a new folder instead, as Keras's argument
  ///   of that name does.
  /// - Throws: `KerasError` where the model is not built, the ending is another or the format cannot express the model;
  ///   `ModelFileError` where the disk refuses.
  public func save(_ path: String, zipped: Bool = true) throws {
    try requireBuilt()
    try requireWritable()
    guard zipped else { return try saveFolder(path) }
    switch try ModelFormat(endingOf: path) {
    case .keras: try saveArchive(path)
    case .hdf5: try LegacyModelWriter(self, withArchitecture: true).write(to: path)
    case .weightsHDF5, .weightsIndex, .legacyWeightsHDF5, .safetensors, .npz, .json:
      throw KerasError(
        .invalidArgument, "\(name), argument path",
        "must end in .keras or .h5 for a whole model, found \"\(path)\"; saveWeights writes weights alone")
    }
  }

  /// Reads a whole model: `.keras` files of Keras 3 and TensorFlow, also unpacked in a folder, and `.h5` files of Keras 1
  /// to 3. From `.json` comes a model whose weights are new. What kind it is shows in the file's contents.
  ///
  /// Nothing in the file is executed: classes come from a closed list, to which `CustomObjects.register` adds.
  /// Every weight of the model must be in the file and every one in the file be used; an optimizer's state that does not
  /// fit is noted in `loadWarnings`.
  ///
  /// - Parameter compile: whether to compile the model as the file says, with the optimizer's state. Without, a file loads
  ///   whose loss, metric or optimizer this program does not know.
  /// - Throws: `KerasError` or `ModelFileError` where the file is missing, damaged, unsafe or of another kind.
  public static func load(_ path: String, compile: Bool = true) throws -> Model {
    switch try ModelFormat(contentsOf: path) {
    case .keras: return try KerasArchive(path: path).model(compile: compile)
    case .hdf5: return try LegacyModelFile(path: path).model(compile: compile)
    case .json: return try Model.fromJSON(String(decoding: ByteSource(path: path).bytes(), as: UTF8.self))
    case .weightsHDF5, .weightsIndex, .legacyWeightsHDF5, .safetensors, .npz:
      throw KerasError(
        .invalidFile, path, "holds weights but no architecture; make the model and call loadWeights on it")
    }
  }

  /// The model that a JSON text describes, as `toJSON` and Keras's `to_json` of versions 1 to 3 give it. Its weights are
  /// new.
  ///
  /// - Throws: `KerasError` or `ModelFileError` where the text describes no model that this program knows.
  public static func fromJSON(_ text: String) throws -> Model {
    let description = try JSONValue(parsing: Array(text.utf8), name: "JSON")
    return try ModelReader.model(description, version: KerasVersion(of: description))
  }
}
