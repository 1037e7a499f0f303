import Foundation
import Keras

/// How much memory and time it takes to open a file.
struct LoadMeasurement {
  let path: String

  /// Writes a model of about so many megabytes of weights.
  static func write(_ path: String, megabytes: Int) throws {
    let width = 2048
    let count = max(1, megabytes << 20 / (width * width * 4))
    let model = Sequential([InputLayer(batchShape: [nil, width])] + (0..<count).map { _ in Dense(width) })
    if path.hasSuffix(".keras") { try model.save(path) } else { try model.saveWeights(path) }
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
    let model = try Model.load(path)
    let time = clock.now - start
    let growth = ResidentMemory.peak() - before
    let bound = 2 * size + 64 << 20
    print(
      "\(path): \(model.parameterCount) parameters, file \(size >> 20) MB, loaded in \(time), "
        + "memory grew by \(growth >> 20) MB of \(bound >> 20) MB allowed")
    return growth <= bound
  }
}
