import ModelFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The kinds of files that models and weights are kept in.
///
/// What a file is read as depends on its contents; what is written, on the ending of its name.
public enum ModelFormat: String, Sendable, CaseIterable {
  /// A `.keras` archive of Keras 3 or TensorFlow 2.12 and later, or a folder with its members.
  case keras
  /// A whole model in an `.h5` or `.hdf5` file, as Keras 1 and 2 save it and Keras 3 still does.
  case hdf5
  /// Weights as Keras 3 saves them: `.weights.h5`.
  case weightsHDF5
  /// An index of weights that Keras 3 has spread over several such files: `.weights.json`.
  case weightsIndex
  /// Weights as Keras 1 and 2 save them, in an `.h5` or `.hdf5` file.
  case legacyWeightsHDF5
  /// Weights by name: `.safetensors`.
  case safetensors
  /// Weights by name in NumPy's `.npz`.
  case npz
  /// An architecture without weights: `.json`.
  case json

  /// The format of the file (or folder) at a path, by what is in it.
  ///
  /// - Throws: `ModelFileError` where it cannot be read, `KerasError` where it is of no known kind.
  public init(contentsOf path: String) throws {
    if ModelFormat.isFolder(path) {
      guard access(path + "/config.json", F_OK) == 0 else {
        throw KerasError(
          .invalidFile, path,
          access(path + "/saved_model.pb", F_OK) == 0
            ? "is TensorFlow's SavedModel, a program rather than a model's description; load it there with Keras and "
              + "save it as .keras"
            : "is a folder without a config.json, so no model")
      }
      self = .keras
      return
    }
    let source = try ByteSource(path: path)
    let start = try source.bytes(at: 0, count: min(source.count, 64))
    if HDF5File.isHDF5(source) {
      self = try ModelFormat(of: HDF5File(source).root)
    } else if start.starts(with: [0x50, 0x4B]) {
      let archive = try ZipArchive(source)
      self = archive.members.contains { $0.name == "config.json" } ? .keras : .npz
    } else if start.count > 8, start[8] == UInt8(ascii: "{"), start[5...7].allSatisfy({ $0 == 0 }) {
      self = .safetensors
    } else if start.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") {
      let value = try JSONValue(parsing: source.bytes(), name: path)
      self = WeightsIndex.isIndex(value) ? .weightsIndex : .json
    } else {
      throw KerasError(
        .invalidFile, path,
        source.count == 0
          ? "is empty" : "is no model or weights file: it is neither zip, HDF5, safetensors nor JSON")
    }
  }

  init(of root: HDF5Group) throws {
    let attributes = try root.attributeNames
    if attributes.contains("model_config") || root.contains("model_weights") {
      self = .hdf5
    } else if attributes.contains("layer_names") || attributes.contains("layer_names0") {
      self = .legacyWeightsHDF5
    } else {
      self = .weightsHDF5
    }
  }

  /// The format to write, by the ending of the file's name.
  ///
  /// - Throws: `KerasError` where the ending stands for none.
  public init(endingOf path: String) throws {
    let name = path.lowercased()
    let endings: [(String, ModelFormat)] = [
      (".keras", .keras), (".weights.h5", .weightsHDF5), (".h5", .hdf5), (".hdf5", .hdf5),
      (".safetensors", .safetensors), (".npz", .npz), (".weights.json", .weightsIndex), (".json", .json),
    ]
    guard let format = endings.first(where: { name.hasSuffix($0.0) })?.1 else {
      throw KerasError(
        .invalidArgument, "argument path",
        "must end in \(endings.map(\.0).joined(separator: ", ")), found \"\(path)\"")
    }
    self = format
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
