import Graph
import ModelFiles

extension Model {
  /// Writes the weights alone, in the format that the name's ending stands for. An existing file is replaced only when
  /// the new one is complete.
  ///
  /// - `.weights.h5`: Keras 3's `load_weights` reads it. As in Keras it holds a compiled model's optimizer too.
  /// - `.h5`, `.hdf5`: as Keras 1 and 2 saved weights.
  /// - `.safetensors`: an array a weight, called as in `weightNames`.
  ///
  /// ```swift
  /// try model.saveWeights("model.weights.h5")
  /// ```
  /// - Throws: `KerasError` where the model is not built or the ending is another, `ModelFileError` where the disk
  ///   refuses.
  public func saveWeights(_ path: String) throws {
    try requireBuilt()
    switch try ModelFormat(endingOf: path) {
    case .weightsHDF5:
      let image = try WeightsFile.image(weightGroups() + optimizerGroups)
      try AtomicFile.write(to: path) { file throws(ModelFileError) in try image.write(to: file) }
    case .hdf5, .legacyWeightsHDF5: try LegacyModelWriter(self, withArchitecture: false).write(to: path)
    case .safetensors: try NamedWeights.saveSafetensors(self, to: path)
    case .weightsIndex, .keras, .npz, .json:
      throw KerasError(
        .invalidArgument, "\(name), argument path", "must end in .weights.h5, .h5 or .safetensors, found \"\(path)\"")
    }
  }

  /// Fills the weights from a file: `.keras`, `.h5` (whole models and weights of Keras 1 to 3), `.weights.h5`,
  /// `.weights.json` with the files that it names, `.safetensors` or `.npz`. What kind it is shows in its contents.
  ///
  /// Files of Keras 1 and 2 are matched by the position of layers with weights, `.keras` and `.weights.h5` by the
  /// layers' classes and numbers, safetensors and npz by `weightNames`. Every weight must be in the file with its shape
  /// and everything in the file be used, unless it is asked otherwise:
  ///
  /// ```swift
  /// let report = try model.loadWeights("backbone.h5", byName: true, skipMismatch: true)
  /// print(report)   // not in the file: head/kernel, head/bias
  /// ```
  /// - Parameters:
  ///   - byName: to match layers by their names, and to load what file and model both have.
  ///   - skipMismatch: to leave weights as they are whose shapes differ.
  /// - Returns: what was loaded and what was not.
  /// - Throws: `KerasError` where the file does not fit the model; then nothing has changed. `ModelFileError` where it
  ///   cannot be read.
  @discardableResult
  public func loadWeights(_ path: String, byName: Bool = false, skipMismatch: Bool = false) throws -> WeightReport {
    try requireBuilt()
    let options = WeightLoadingOptions(byName: byName, skipMismatch: skipMismatch)
    return try weightPlan(path, byName: byName).load(options, file: path)
  }

  private func weightPlan(_ path: String, byName: Bool) throws -> WeightPlan {
    switch try ModelFormat(contentsOf: path) {
    case .safetensors: return try NamedWeights(SafetensorsFile(ByteSource(path: path))).plan(for: self)
    case .npz: return try NamedWeights(NPZFile(ByteSource(path: path))).plan(for: self)
    case .hdf5, .legacyWeightsHDF5:
      let root = try HDF5File(ByteSource(path: path)).root
      let group = root.contains("model_weights") ? try root.group("model_weights") : root
      return try LegacyWeights(group, file: path).plan(for: self, byName: byName, file: path)
    case .weightsHDF5:
      return try PathWeights([HDF5File(ByteSource(path: path)).root]).plan(for: self, byName: byName)
    case .weightsIndex:
      return try PathWeights(WeightsIndex(path: path).roots()).plan(for: self, byName: byName)
    case .keras:
      return try PathWeights(KerasArchive(path: path).weights).plan(for: self, byName: byName)
    case .json: throw KerasError(.invalidFile, path, "holds an architecture without weights")
    }
  }

  func requireBuilt() throws {
    if let deferredError { throw deferredError }
    guard built else {
      throw KerasError(.notReady, name, "has no weights yet: call it, fit it or give it an Input first")
    }
  }
}
