/// The index of weights that Keras has spread over several HDF5 files: `model.weights.json` beside
/// `model_00000.weights.h5`, `model_00001.weights.h5`…
public struct WeightsIndex: Sendable {
  /// The files' paths, in the order of their names.
  public let paths: [String]

  /// Whether a JSON text is such an index.
  public static func isIndex(_ value: JSONValue) -> Bool { value["weight_map"]?.object != nil }

  /// - Parameter path: the index's own path; the files are in the same folder.
  /// - Throws: ``ModelFileError`` where it is no index, or names something else than files beside it.
  public init(_ value: JSONValue, path: String) throws(ModelFileError) {
    let context = ErrorContext(file: path)
    guard let places = value["weight_map"]?.object else {
      throw context.malformed(expected: "an index of weights", found: "no weight_map")
    }
    let names = Set(places.flatMap { $0.value.array?.compactMap(\.string) ?? [$0.value.string ?? ""] })
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    var paths: [String] = []
    for name in names.sorted() {
      guard name.hasSuffix(".h5"), !name.contains("/"), !name.contains("\\") else {
        throw context.error(.refused, expected: ".h5 files in the index's own folder", found: "“\(name)”")
      }
      paths.append(folder + name)
    }
    self.paths = paths
  }

  /// The index in a file.
  public init(path: String) throws(ModelFileError) {
    try self.init(JSONValue(parsing: ByteSource(path: path).bytes(), name: path), path: path)
  }

  /// The roots of the files.
  public func roots() throws(ModelFileError) -> [HDF5Group] {
    var roots: [HDF5Group] = []
    for path in paths { roots.append(try HDF5File(ByteSource(path: path)).root) }
    return roots
  }
}
