import ModelFiles

extension Model {
  /// Writes architecture, weights, and what `compile` was given with the optimizer's state.
  func saveArchive(_ path: String) throws {
    let image = try WeightsFile.image(weightGroups() + optimizerGroups)
    try AtomicFile.write(to: path) { file throws(ModelFileError) in
      let zip = ZipWriter(file)
      for (name, text) in self.texts { try zip.add(name, text: text) }
      try zip.add("model.weights.h5", byteCount: image.byteCount) { sink throws(ModelFileError) in
        try image.write(to: sink)
      }
      try zip.finish()
    }
  }

  /// Writes the files of an archive into a new folder.
  func saveFolder(_ path: String) throws {
    let image = try WeightsFile.image(weightGroups() + optimizerGroups)
    try AtomicFolder.write(to: path) { folder in
      for (name, text) in texts {
        try AtomicFile.write(to: "\(folder)/\(name)") { file throws(ModelFileError) in
          try file.write(Array(text.utf8))
        }
      }
      try AtomicFile.write(to: "\(folder)/model.weights.h5") { file throws(ModelFileError) in
        try image.write(to: file)
      }
    }
  }

  /// The parts of an archive that are text.
  private var texts: [(name: String, text: String)] {
    [("metadata.json", metadata), ("config.json", serializedWithSharing.serialized())]
  }

  /// The variables of the optimizers of the model and of those inside, as far as they are compiled.
  var optimizerGroups: [WeightGroup] { weightGroups().flatMap { $0.model?.ownOptimizerGroups(at: $0.place) ?? [] } }

  private func ownOptimizerGroups(at place: String) -> [WeightGroup] {
    guard let optimizer = compilation?.optimizer else { return [] }
    let inner = optimizer.innerOptimizers.map {
      WeightGroup(
        path: "\(place)optimizer/\($0.attribute)/vars", name: $0.optimizer.name, variables: $0.optimizer.variables)
    }
    return [WeightGroup(path: "\(place)optimizer/vars", name: optimizer.name, variables: optimizer.variables)] + inner
  }

  private var metadata: String {
    JSONValue.object([
      "keras_version": .string(KerasVersion.current.description), "date_saved": .string(KerasArchive.date),
    ])
    .serialized()
  }
}

extension HDF5Group {
  /// The group at a path of names, unless there is none.
  func descendant(_ path: String) throws -> HDF5Group? {
    var place = self
    for name in path.split(separator: "/") {
      guard place.contains(String(name)) else { return nil }
      place = try place.group(String(name))
    }
    return place
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

  /// The root of the weights, or in a folder those of the files that they are spread over.
  var weights: [HDF5Group] {
    get throws {
      let index = "\(path)/model.weights.json"
      do { return [try HDF5File(contents(of: "model.weights.h5")).root] } catch let error as ModelFileError {
        guard error.kind == .missing, zip == nil, (try? ByteSource(path: index)) != nil else { throw error }
        return try WeightsIndex(path: index).roots()
      }
    }
  }

  func model(compile: Bool = true) throws -> Model {
    let version = try version
    let model = try ModelReader.model(config, version: version, compile: compile)
    let weights = try weights
    _ = try PathWeights(weights).plan(for: model, byName: false)
      .load(WeightLoadingOptions(isOwnModel: true), file: path)
    for group in model.weightGroups() {
      if let inner = group.model, inner !== model { model.loadWarnings += inner.loadWarnings }
      guard let trained = group.model, let optimizer = trained.compilation?.optimizer else { continue }
      let states = try weights.compactMap { try $0.descendant("\(group.place)optimizer") }
      if states.isEmpty { continue }
      let state = try OptimizerState(archive: states, version: version)
      if let warning = try state.load(into: optimizer, of: trained) { model.loadWarnings.append(warning) }
    }
    return model
  }
}
