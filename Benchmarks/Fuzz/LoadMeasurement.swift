import Foundation
import Keras

/// How much memory and time it takes to open a file.
struct LoadMeasurement {
  let path: String

  private static let width = 2048

  /// A model of so many layers of 16 MB.
  private static func model(layers: Int) -> Model {
    Sequential([InputLayer(batchShape: [nil, width])] + (0..<layers).map { _ in Dense(width) })
  }

  /// Writes a model of about so many megabytes of weights, or the weights alone where the file's name says so.
  static func write(_ path: String, megabytes: Int) throws {
    let model = model(layers: max(1, megabytes << 20 / (width * width * 4)))
    switch try ModelFormat(endingOf: path) {
    case .keras, .hdf5: try model.save(path)
    default: try model.saveWeights(path)
    }
  }

  /// Opens a whole model, or fills a new one as `write` makes it.
  private func load(fileSize: Int) throws -> Model {
    switch try ModelFormat(contentsOf: path) {
    case .keras, .hdf5, .json: return try Model.load(path)
    case .weightsHDF5, .weightsIndex, .legacyWeightsHDF5, .safetensors, .npz:
      let model = Self.model(layers: fileSize / (Self.width * Self.width * 4))
      try model.loadWeights(path)
      return model
    }
  }

  /// Prints the growth of resident memory beside its bound, twice the file plus 64 MB.
  ///
  /// - Returns: whether it stayed below.
  func run() throws -> Bool {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    let before = ResidentMemory.restart()
    let clock = ContinuousClock()
    let start = clock.now
    let model = try load(fileSize: size)
    let time = clock.now - start
    let growth = ResidentMemory.peak() - before
    let bound = 2 * size + 64 << 20
    print(
      "\(path): \(model.parameterCount) parameters, file \(size >> 20) MB, loaded in \(time), "
        + "memory grew by \(growth >> 20) MB of \(bound >> 20) MB allowed")
    return growth <= bound
  }
}
