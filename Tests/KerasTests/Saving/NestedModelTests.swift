import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Files of real Keras with compiled models inside models, and with layers that models at several levels share.
@Suite struct NestedModelTests {
  static let compiled = ["compiled_sequential", "trained_in_compiled", "three_levels", "in_wrapper"]
  static let shared = ["shared_by_sequentials", "shared_twice", "shared_with_model", "shared_layer_with_model"]

  private static func path(_ name: String) throws -> String {
    let resources = try #require(Bundle.module.resourceURL)
    return resources.appendingPathComponent("Fixtures/nested/\(name)").path
  }

  private static func tensors(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(ByteSource(path: path(name + ".safetensors")))
  }

  private static func expectAgreement(_ model: Model, _ name: String) throws {
    let file = try tensors(name)
    #expect(model.loadWarnings.isEmpty)
    try expectClose(model.predict(Tensor(file.array("input"))), Tensor(file.array("output")), name)
    let trained = ([model] + model.flattenedSublayers).compactMap { ($0 as? Model)?.compilation?.optimizer }
    let stored = Set(file.names.filter { $0.hasPrefix("optimizer") })
    #expect(stored.count == trained.reduce(0) { $0 + $1.variables.count })
    for (number, optimizer) in trained.enumerated() {
      for (index, variable) in optimizer.variables.enumerated() {
        let role = "optimizer/\(number)/\(index)"
        if stored.contains(role) {
          try expectClose(variable.value.asType(.float32), Tensor(file.array(role)).asType(.float32), role)
        }
      }
    }
  }

  /// Read, written, and read again.
  @Test(arguments: compiled + shared)
  func file(_ name: String) throws {
    let model = try Model.load(Self.path(name + ".keras"))
    try Self.expectAgreement(model, name)
    let temporary = try TemporaryFolder()
    let written = "\(temporary.path)/\(name).keras"
    try model.save(written)
    try Self.expectAgreement(Model.load(written), name)
    let plain = try Model.load(written, compile: false)
    #expect(plain.flattenedSublayers.allSatisfy { ($0 as? Model)?.compilation == nil })
  }

  @Test(arguments: shared)
  func staysShared(_ name: String) throws {
    let model = try Model.load(Self.path(name + ".keras"))
    let denses = model.flattenedSublayers.filter { $0 is Dense }
    #expect(denses.count == (name == "shared_with_model" ? 2 : 1))
    let temporary = try TemporaryFolder()
    try model.save("\(temporary.path)/m.h5")
    let copy = try Model.load("\(temporary.path)/m.h5")
    let x = try Tensor(Self.tensors(name).array("input"))
    #expect(try copy.predict(x).scalars() == model.predict(x).scalars())
  }

  /// Weights alone, by path and by name.
  @Test(arguments: compiled)
  func weightsAlone(_ name: String) throws {
    let model = try Model.load(Self.path(name + ".keras"))
    let temporary = try TemporaryFolder()
    try model.saveWeights("\(temporary.path)/m.weights.h5")
    let other = try Model.fromJSON(model.toJSON())
    #expect(try other.loadWeights("\(temporary.path)/m.weights.h5").isComplete)
    #expect(try other.loadWeights("\(temporary.path)/m.weights.h5", byName: true).isComplete)
    #expect(try other.getWeights().map { try $0.scalars() } == model.getWeights().map { try $0.scalars() })
  }

  @Test func unknownLossInside() throws {
    let inner = Sequential([InputLayer(batchShape: [nil, 3]), Dense(2)])
    try inner.compile(loss: .meanSquaredError)
    let x = Input(3)
    let text = try Model(inputs: x, outputs: Dense(1)(inner(x))).toJSON()
    #expect(text.contains("MeanSquaredError"))
    let model = try Model.fromJSON(text.replacingOccurrences(of: "MeanSquaredError", with: "Unheard"))
    let loaded = try #require(model.layers.first { $0 is Sequential } as? Sequential)
    #expect(loaded.compilation == nil)
    #expect("\(loaded.loadWarnings)".contains("Unheard"))
  }
}
