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

  private struct Data {
    let (name, path): (String, String)
    let (x, p, y, t): ([Tensor], [Tensor], [Tensor], [Tensor])

    init(_ name: String) throws {
      self.name = name
      path = "\(ExchangeTests.folder)/\(name)"
      let file = try NPZFile(ByteSource(path: path + ".npz"))
      func arrays(_ role: String) throws -> [Tensor] {
        try (0..<file.names.count).filter { file.names.contains("\(role)_\($0)") }
          .map { try Tensor(file.array("\(role)_\($0)")) }
      }
      (x, p, y, t) = (try arrays("x"), try arrays("p"), try arrays("y"), try arrays("t"))
    }

    private func expectEqual(_ found: Tensor, _ expected: Tensor, _ what: String) throws {
      let found = found.asType(.float32)
      if ["float16", "half"].contains(where: name.contains) {
        #expect(try ((found - expected).absolute() / (expected.absolute() + 1)).max().item() < 2e-2, "\(name) \(what)")
      } else {
        try expectClose(found, expected, "\(name) \(what)")
      }
    }

    func expectPredictions(_ model: Model, _ what: String) throws {
      for (index, (found, expected)) in zip(try model.predict(x), p).enumerated() {
        try expectEqual(found, expected, "\(what), output \(index)")
      }
    }

    /// Trains on and compares weights.
    func expectTraining(_ model: Model, _ what: String) throws {
      #expect(model.loadWarnings.isEmpty, "\(name) \(what)")
      guard !t.isEmpty else { return }
      try model.trainOnBatch(x, y)
      for (index, (weight, expected)) in zip(model.weights, t).enumerated() {
        try expectEqual(weight.value, expected, "\(what), trained \(model.weightNames[index])")
      }
    }
  }

  @Test(arguments: names)
  func model(_ name: String) throws {
    let data = try Data(name)
    for (ending, prefix) in [(".keras", ""), (".h5", ".old")]
    where FileManager.default.fileExists(atPath: data.path + ending) {
      let model = try Model.load(data.path + ending)
      try data.expectPredictions(model, ending)
      for written in [".swift.keras", ".swift.h5"] {
        do {
          try model.save(data.path + prefix + written)
        } catch let error as KerasError where "\(error)".contains(".h5 format") {
          continue
        }
        let again = try Model.load(data.path + prefix + written)
        try data.expectPredictions(again, "\(ending) \(written)")
        try data.expectTraining(again, "\(ending) \(written)")
      }
      for written in [".swift.weights.h5", ".swift.safetensors", ".swift.legacy.h5"] {
        try model.saveWeights(data.path + prefix + written)
        for weight in model.weights { try weight.assign(Tensor.zeros(weight.shape, dtype: weight.dtype)) }
        #expect(try model.loadWeights(data.path + prefix + written).isComplete)
        try data.expectPredictions(model, "\(ending) \(written)")
      }
      try data.expectTraining(model, ending)
    }
  }

  @Test(arguments: names)
  func weights(_ name: String) throws {
    let data = try Data(name)
    guard FileManager.default.fileExists(atPath: data.path + ".weights.h5") else { return }
    let model = try Model.load(data.path + ".keras")
    for weight in model.weights { try weight.assign(Tensor.zeros(weight.shape, dtype: weight.dtype)) }
    #expect(try model.loadWeights(data.path + ".weights.h5").isComplete)
    try data.expectPredictions(model, ".weights.h5")
  }
}
