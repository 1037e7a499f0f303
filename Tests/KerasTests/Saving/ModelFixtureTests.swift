import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Whole models in files of real Keras: predictions, weights, and three further training steps.
@Suite struct ModelFixtureTests {
  static let versions = [
    "keras-3.15.1", "keras-3.10.0", "keras-3.6.0", "keras-3.3.3", "keras-3.0.5",
    "tf_keras-2.21.0", "keras-2.13.1",
  ]

  struct ModelCase: Sendable, CustomTestStringConvertible {
    let version: String
    let name: String
    var testDescription: String { "\(version)/\(name)" }
  }

  static let cases: [ModelCase] = versions.flatMap { version in
    ((try? manifest(version)) ?? []).compactMap { $0["name"]?.string }.map { ModelCase(version: version, name: $0) }
  }

  static func folder(_ version: String) throws -> String {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/models/\(version)").path
  }

  static func manifest(_ version: String) throws -> [JSONValue] {
    try JSONValue(parsing: ByteSource(path: folder(version) + "/models.json").bytes())["cases"]?.array ?? []
  }

  @Test(arguments: cases)
  func file(_ modelCase: ModelCase) throws {
    let manifest = try #require(Self.manifest(modelCase.version).first { $0["name"]?.string == modelCase.name })
    let path = try Self.folder(modelCase.version) + "/" + modelCase.name + ".keras"
    if manifest["refused"]?.bool == true {
      #expect(throws: KerasError.self) { try Model.load(path) }
      return
    }
    try Self.expectAgreement(of: Model.load(path), modelCase)
  }

  /// What is written here reads the same. `scripts/fixtures/roundtrip` gives the files that stay in `KERAS_ROUNDTRIP` to
  /// real Keras.
  @Test(arguments: cases)
  func writtenAndReadAgain(_ modelCase: ModelCase) throws {
    let entry = try #require(Self.manifest(modelCase.version).first { $0["name"]?.string == modelCase.name })
    guard entry["refused"]?.bool != true else { return }
    let temporary = try TemporaryFolder()
    let folder = ProcessInfo.processInfo.environment["KERAS_ROUNDTRIP"] ?? temporary.path
    let path = "\(folder)/\(modelCase.version)-\(modelCase.name).keras"
    let model = try Model.load(Self.folder(modelCase.version) + "/" + modelCase.name + ".keras")
    #expect(model.loadWarnings.isEmpty)
    try model.save(path)
    try Self.expectAgreement(of: Model.load(path), modelCase)
  }

  /// Compares a model from one of a case's files with what Keras computed: weights, predictions, and the weights after
  /// three further steps.
  static func expectAgreement(of model: Model, _ modelCase: ModelCase) throws {
    let manifest = try #require(manifest(modelCase.version).first { $0["name"]?.string == modelCase.name })
    let base = try folder(modelCase.version) + "/" + modelCase.name
    let tensors = try SafetensorsFile(ByteSource(path: base + ".safetensors"))
    func list(_ role: String) throws -> [Tensor] {
      var result: [Tensor] = []
      while tensors.names.contains("\(role)/\(result.count)") {
        result.append(try Tensor(tensors.array("\(role)/\(result.count)")))
      }
      return result
    }
    let half = ["mixed_bfloat16", "half_precision"].contains(modelCase.name)
    // Keras 2 also counts the samples that a Normalization layer has seen.
    let kept = (manifest["weights"]?.array ?? []).map { $0["path"]?.string?.hasSuffix("/count:0") != true }
    func weights(_ role: String) throws -> [Tensor] { try zip(list(role), kept).filter(\.1).map(\.0) }
    for (index, expected) in try weights("weight").enumerated() {
      let weight = model.weights[index].value
      try expectClose(weight.reshape(expected.shape.dimensions), expected, "\(modelCase) weight/\(index)")
    }
    let inputs = try list("input")
    for (index, (output, expected)) in zip(try model.predict(inputs), try list("output")).enumerated() {
      let actual = half ? output.asType(.float32) : output
      if half {
        #expect(try (actual - expected).absolute().max().item() < 2e-2, "\(modelCase) output/\(index)")
      } else {
        try expectClose(actual, expected, "\(modelCase) output/\(index)")
      }
    }
    guard manifest["losses"] != nil, !half else { return }
    // On TensorFlow only the rows of an embedding that a batch used change, so that momentum makes a difference there.
    let isSparse =
      modelCase.version != "keras-3.15.1" && model.flattenedSublayers.contains { $0 is Embedding }
      && !(model.compilation?.optimizer is SGD)
    guard !isSparse else { return }
    let targets = try list("target")
    for loss in manifest["losses"]?.array ?? [] {
      let actual = try #require(try model.trainOnBatch(inputs, targets)["loss"])
      let expected = try #require(loss.double)
      #expect(abs(actual - expected) <= 2e-5 + 1e-4 * abs(expected), "\(modelCase) loss \(actual), not \(expected)")
    }
    for (index, expected) in try weights("trained").enumerated() {
      let weight = model.weights[index].value
      try expectClose(weight.reshape(expected.shape.dimensions), expected, "\(modelCase) trained/\(index)")
    }
  }
}
