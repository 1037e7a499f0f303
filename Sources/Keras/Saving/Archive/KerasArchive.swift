import ModelFiles

extension Model {
  /// Writes architecture, weights, and what `compile` was given with the optimizer's state.
  func saveArchive(_ path: String) throws {
    let image = try WeightsFile.image(weightGroups() + optimizerGroups)
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

  /// The optimizer's variables, if the model is compiled.
  var optimizerGroups: [WeightGroup] {
    guard let optimizer = compilation?.optimizer else { return [] }
    let inner = optimizer.innerOptimizers.map {
      WeightGroup(path: "optimizer/\($0.attribute)/vars", name: $0.optimizer.name, variables: $0.optimizer.variables)
    }
    return [WeightGroup(path: "optimizer/vars", name: optimizer.name, variables: optimizer.variables)] + inner
  }

  private var metadata: String {
    JSONValue.object([
      "keras_version": .string(KerasVersion.current.description), "date_saved": .string(KerasArchive.date),
    ])
    .serialized()
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

  /// The root of the weights.
  var weights: HDF5Group {
    get throws { try HDF5File(zip.contents(of: "model.weights.h5")).root }
  }

  func model(compile: Bool = true) throws -> Model {
    let model = try ModelReader.model(config, version: version, compile: compile)
    let weights = try weights
    try WeightsFile.load(model.weightGroups(), from: weights, ignoring: ["optimizer/", "_optimizer/"], file: path)
    if let optimizer = model.compilation?.optimizer, weights.contains("optimizer") {
      try optimizer.build(model.trainableWeights)
      let count = try weights.group("optimizer/vars").names.count
      if count == optimizer.variables.count {
        let group = WeightGroup(path: "optimizer/vars", name: optimizer.name, variables: optimizer.variables)
        try WeightsFile.load([group], from: weights, ignoring: [""], file: path)
      }
    }
    return model
  }
}
