import ModelFiles

extension Model {
  /// Writes the model as a `.keras` file: architecture, weights, and what `compile` was given with the optimizer's
  /// state. Keras 3 opens it. An existing file is replaced only when the new one is complete.
  ///
  /// - Throws: `KerasError` where the model is not built, or the disk refuses.
  public func save(_ path: String) throws {
    if let deferredError { throw deferredError }
    guard built else {
      throw KerasError(.notReady, name, "has no weights yet: call it, fit it or give it an Input before saving")
    }
    guard path.hasSuffix(".keras") else {
      throw KerasError(
        .invalidArgument, "\(name), argument path", "must end in .keras, found \"\(path)\"")
    }
    var groups = weightGroups()
    if let optimizer = compilation?.optimizer {
      groups.append(WeightGroup(path: "optimizer/vars", name: optimizer.name, variables: optimizer.variables))
    }
    let image = try WeightsFile.image(groups)
    try AtomicFile.write(to: path) { file throws(ModelFileError) in
      let zip = ZipWriter(file)
      try zip.add("metadata.json", text: self.metadata)
      try zip.add("config.json", text: self.serializedModel.serialized())
      try zip.add("model.weights.h5", byteCount: image.byteCount) { sink throws(ModelFileError) in
        try image.write(to: sink)
      }
      try zip.finish()
    }
  }

  private var metadata: String {
    JSONValue.object([
      "keras_version": .string(KerasVersion.current.description), "date_saved": .string(KerasArchive.date),
    ])
    .serialized()
  }

  /// Reads a model from a `.keras` file of Keras 3 (or of this library).
  ///
  /// Nothing in the file is executed: classes come from a closed list, to which `CustomObjects.register` adds.
  /// Every weight of the model must be in the file and every one in the file be used.
  ///
  /// - Throws: `KerasError` or `ModelFileError` where the file is missing, damaged, unsafe or of another kind.
  public static func load(_ path: String) throws -> Model {
    try KerasArchive(path: path).model()
  }
}

/// An opened `.keras` file.
struct KerasArchive {
  let path: String
  let zip: ZipArchive

  init(path: String) throws {
    self.path = path
    zip = try ZipArchive(ByteSource(path: path))
  }

  var config: JSONValue {
    get throws { try JSONValue(parsing: zip.contents(of: "config.json").bytes(), name: "config.json") }
  }

  /// The Keras version that wrote the file.
  var version: KerasVersion {
    get throws {
      KerasVersion(of: try JSONValue(parsing: zip.contents(of: "metadata.json").bytes(), name: "metadata.json"))
    }
  }

  func model() throws -> Model {
    let model = try ModelReader.model(config, version: version)
    let weights = try HDF5File(zip.contents(of: "model.weights.h5"))
    try WeightsFile.load(model.weightGroups(), from: weights.root, ignoring: ["optimizer/", "_optimizer/"], file: path)
    if let optimizer = model.compilation?.optimizer, weights.root.contains("optimizer") {
      try optimizer.build(model.trainableWeights)
      let count = try weights.root.group("optimizer/vars").names.count
      if count == optimizer.variables.count {
        let group = WeightGroup(path: "optimizer/vars", name: optimizer.name, variables: optimizer.variables)
        try WeightsFile.load([group], from: weights.root, ignoring: [""], file: path)
      }
    }
    return model
  }
}
