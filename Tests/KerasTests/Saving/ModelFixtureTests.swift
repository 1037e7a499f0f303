import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Whole models in files of real Keras: predictions, weights, and three further training steps.
///
/// `scripts/fixtures/versions` sets `KERAS_MODELS` to a folder with the files of many more versions.
@Suite struct ModelFixtureTests {
  struct ModelCase: Sendable, CustomTestStringConvertible {
    let version: String
    let name: String
    let ending: String
    var testDescription: String { "\(version)/\(name)\(ending)" }
  }

  static let root =
    ProcessInfo.processInfo.environment["KERAS_MODELS"]
    ?? Bundle.module.resourceURL?.appendingPathComponent("Fixtures/models").path ?? ""

  static let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted()
    .filter { FileManager.default.fileExists(atPath: "\(root)/\($0)/models.json") }

  /// The files with these endings.
  static func cases(_ endings: String..., of versions: [String] = versions) -> [ModelCase] {
    versions.flatMap { version in
      ((try? manifest(version)) ?? []).flatMap { entry in
        let name = entry["name"]?.string ?? ""
        return endings.filter { (entry["files"]?.array ?? []).contains(.string(name + $0)) }
          .map { ModelCase(version: version, name: name, ending: $0) }
      }
    }
  }

  static func manifest(_ version: String) throws -> [JSONValue] {
    try JSONValue(parsing: ByteSource(path: "\(root)/\(version)/models.json").bytes())["cases"]?.array ?? []
  }

  static func path(_ modelCase: ModelCase, _ ending: String? = nil) -> String {
    "\(root)/\(modelCase.version)/\(modelCase.name)\(ending ?? modelCase.ending)"
  }

  static func has(_ modelCase: ModelCase, _ ending: String) -> Bool {
    cases(ending, of: [modelCase.version]).contains { $0.name == modelCase.name }
  }

  @Test func versionsAreThere() { #expect(!Self.versions.isEmpty) }

  @Test(arguments: cases(".keras", ".h5"))
  func file(_ modelCase: ModelCase) throws {
    let manifest = try #require(Self.manifest(modelCase.version).first { $0["name"]?.string == modelCase.name })
    if manifest["refused"]?.bool == true {
      #expect(throws: KerasError.self) { try Model.load(Self.path(modelCase)) }
      return
    }
    let model = try Model.load(Self.path(modelCase))
    #expect(model.loadWarnings.isEmpty)
    try Self.expectAgreement(of: model, modelCase)
  }

  /// What is written here reads the same. `scripts/fixtures/roundtrip` gives the files that stay in `KERAS_ROUNDTRIP` to
  /// real Keras.
  @Test(arguments: cases(".keras", ".h5"))
  func writtenAndReadAgain(_ modelCase: ModelCase) throws {
    let entry = try #require(Self.manifest(modelCase.version).first { $0["name"]?.string == modelCase.name })
    guard entry["refused"]?.bool != true else { return }
    let temporary = try TemporaryFolder()
    let folder = ProcessInfo.processInfo.environment["KERAS_ROUNDTRIP"] ?? temporary.path
    let path = "\(folder)/\(modelCase.version)-\(modelCase.name)\(modelCase.ending).keras"
    try Model.load(Self.path(modelCase)).save(path)
    let model = try Model.load(path)
    #expect(model.loadWarnings.isEmpty)
    // No file of Keras 3 can say that the momentum grows as in this one.
    try Self.expectAgreement(of: model, modelCase, training: modelCase.name != "legacy_nadam")
  }

  /// Compares a model from one of a case's files with what Keras computed: weights, predictions, and the weights after
  /// three further steps.
  static func expectAgreement(of model: Model, _ modelCase: ModelCase, training: Bool = true) throws {
    let manifest = try #require(manifest(modelCase.version).first { $0["name"]?.string == modelCase.name })
    let tensors = try SafetensorsFile(ByteSource(path: path(modelCase, ".safetensors")))
    func list(_ role: String) throws -> [Tensor] {
      var result: [Tensor] = []
      while tensors.names.contains("\(role)/\(result.count)") {
        result.append(try Tensor(tensors.array("\(role)/\(result.count)")))
      }
      return result
    }
    let half = ["mixed_bfloat16", "half_precision", "plain_bfloat16"].contains(modelCase.name)
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
    guard manifest["losses"] != nil, !half, training else { return }
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
