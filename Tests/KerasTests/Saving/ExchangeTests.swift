import Foundation
import ModelFiles
import Testing

@testable import Keras

/// The half of `scripts/fixtures/exchange` that is Swift: set `KERAS_EXCHANGE` to its folder. Reads the files that real
/// Keras wrote there, and writes each model again in every format for Keras to open.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["KERAS_EXCHANGE"] != nil))
struct ExchangeTests {
  static let folder = ProcessInfo.processInfo.environment["KERAS_EXCHANGE"] ?? ""
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".npz") }.map { String($0.dropLast(4)) }.sorted()

  @Test(arguments: names)
  func model(_ name: String) throws {
    let base = "\(Self.folder)/\(name)"
    let data = try NPZFile(ByteSource(path: base + ".npz"))
    func arrays(_ prefix: String) throws -> [Tensor] {
      try (0..<data.names.count).filter { data.names.contains("\(prefix)_\($0)") }
        .map { try Tensor(data.array("\(prefix)_\($0)")) }
    }
    let (x, expected) = (try arrays("x"), try arrays("p"))
    func compare(_ model: Model, _ what: String) throws {
      for (index, (p, q)) in zip(try model.predict(x), expected).enumerated() {
        try expectClose(p.asType(.float32), q, "\(name) \(what), output \(index)")
      }
    }
    for ending in [".keras", ".h5"] where FileManager.default.fileExists(atPath: base + ending) {
      let model = try Model.load(base + ending)
      try compare(model, ending)
      for written in [".swift.keras", ".swift.h5"] {
        do {
          try model.save(base + written)
          try compare(Model.load(base + written), "\(ending) \(written)")
        } catch let error as KerasError where "\(error)".contains(".h5 format") {
          continue
        }
      }
      for written in [".swift.weights.h5", ".swift.safetensors", ".swift.legacy.h5"] {
        try model.saveWeights(base + written)
        for weight in model.weights { try weight.assign(Tensor.zeros(weight.shape, dtype: weight.dtype)) }
        #expect(try model.loadWeights(base + written).isComplete)
        try compare(model, "\(ending) \(written)")
      }
    }
    if FileManager.default.fileExists(atPath: base + ".weights.h5") {
      let model = try Model.load(base + ".h5")
      for weight in model.weights { try weight.assign(Tensor.zeros(weight.shape, dtype: weight.dtype)) }
      #expect(try model.loadWeights(base + ".weights.h5").isComplete)
      try compare(model, ".weights.h5")
    }
  }
}
