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

/// An opened `.keras` file, or a folder with what would be in one.
struct KerasArchive {
  let path: String
  /// `nil`: a folder.
  private let zip: ZipArchive?

  init(path: String) throws {
    self.path = path
    zip = ModelFormat.isFolder(path) ? nil : try ZipArchive(ByteSource(path: path))
  }

  private func contents(of name: String) throws -> ByteSource {
    try zip?.contents(of: name) ?? ByteSource(path: "\(path)/\(name)")
  }

  var config: JSONValue {
    get throws { try JSONValue(parsing: contents(of: "config.json").bytes(), name: "config.json") }
  }

  /// The Keras version that wrote the file.
  var version: KerasVersion {
    get throws {
      KerasVersion(of: try JSONValue(parsing: contents(of: "metadata.json").bytes(), name: "metadata.json"))
    }
  }

  /// The root of the weights.
  var weights: HDF5Group {
    get throws { try HDF5File(contents(of: "model.weights.h5")).root }
  }

  func model(compile: Bool = true) throws -> Model {
    let model = try ModelReader.model(config, version: version, compile: compile)
    let weights = try weights
    _ = try PathWeights(weights).plan(for: model, byName: false).load(WeightLoadingOptions(), file: path)
    if let optimizer = model.compilation?.optimizer, weights.contains("optimizer") {
      let state = try ArchiveOptimizerState(weights.group("optimizer"))
      if let warning = try state.load(into: optimizer, of: model) { model.loadWarnings.append(warning) }
    }
    return model
  }
}
