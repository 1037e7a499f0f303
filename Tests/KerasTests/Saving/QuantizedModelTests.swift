import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Quantized layers in files of Keras 3: predictions, training, and files written again.
@Suite struct QuantizedModelTests {
  static let cases = (try? FixtureFamily("quantized", folder: "quantized"))?.cases ?? []

  private func path(_ fixture: FixtureCase) throws -> String {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/quantized/\(fixture.name).keras").path
  }

  private func expectAgreement(of model: Model, _ fixture: FixtureCase) throws {
    let inputs = try fixture.tensors("input")
    let outputs = try model.predict(inputs)
    for (index, expected) in try fixture.tensors("output").enumerated() {
      if fixture.name.contains("mixed") {
        // Numbers of eight bits behind the point; the versions of a program round them elsewhere.
        #expect(try (outputs[index].asType(.float32) - expected).absolute().max().item() < 2e-2, "\(fixture.name)")
      } else {
        try expectClose(outputs[index], expected, "\(fixture.name) output/\(index)")
      }
    }
  }

  @Test func fixturesAreThere() { #expect(Self.cases.count > 60) }

  @Test(arguments: cases)
  func predictions(_ fixture: FixtureCase) throws {
    let model = try Model.load(path(fixture))
    #expect(model.loadWarnings.isEmpty)
    try expectAgreement(of: model, fixture)
  }

  @Test(arguments: cases, ["keras", "h5"])
  func writtenAgain(_ fixture: FixtureCase, _ ending: String) throws {
    let folder = try TemporaryFolder()
    let copy = "\(folder.path)/model.\(ending)"
    let model = try Model.load(path(fixture))
    try model.save(copy)
    let other = try Model.load(copy)
    #expect(other.weights.map(\.dtype) == model.weights.map(\.dtype))
    try expectAgreement(of: other, fixture)
  }

  /// What is trained is what Keras trains: biases and additions, never the kernels.
  @Test(arguments: cases.filter { $0.manifest["losses"] != nil })
  func training(_ fixture: FixtureCase) throws {
    let model = try Model.load(path(fixture))
    let (x, target) = (try fixture.tensors("input")[0], try #require(try fixture.tensor("target")))
    for loss in fixture.manifest["losses"]?.array ?? [] {
      let logs = try model.trainOnBatch([x], [target])
      #expect(abs((logs["loss"] ?? 0) - (loss.double ?? 1)) < 1e-4)
    }
    let trained = try fixture.tensors("trained")
    #expect(trained.count == model.trainableWeights.count)
    for (weight, expected) in zip(model.trainableWeights, trained) {
      try expectClose(weight.value, expected, "\(fixture.name) \(weight.path)")
    }
  }

  /// An addition of low rank becomes part of the whole numbers when the model is saved, as in Keras.
  @Test(arguments: cases.filter { $0.name.hasSuffix("adapted") })
  func additionsAreMerged(_ fixture: FixtureCase) throws {
    let folder = try TemporaryFolder()
    let model = try Model.load(path(fixture))
    for weight in model.weights where weight.name.contains("lora") {
      try weight.assign(
        Tensor(
          (0..<weight.shape.elementCount).map { Double($0 % 5) / 10 - 0.2 }, shape: weight.shape, dtype: .float32))
    }
    let inputs = try fixture.tensors("input")
    let expected: [Float] = try model.predict(inputs)[0].scalars()
    try model.save(folder.path + "/model.keras")
    let merged: [Float] = try Model.load(folder.path + "/model.keras").predict(inputs)[0].scalars()
    let difference = zip(expected, merged).map { abs($0 - $1) }.max() ?? 1
    #expect(difference < (fixture.name.contains("int8") ? 0.03 : 0.3) && difference > 0)
  }

  @Test func roundingToEightBits() throws {
    let x: [Float] = [0, 1.0625, 1.1875, 17, 19, 448, 0.0009765625, 0.00146484375, -0.3, 0.0625, 1e-5]
    let expected: [Float] = [0, 1, 1.25, 16, 20, 448, 0, 0.001953125, -0.3125, 0.0625, 0]
    #expect(try Float8Scaling.e4m3(Tensor(x)).scalars() == expected)
  }

  @Test func whatKerasRefuses() {
    let refused: [() -> Layer] = [
      { Dense(3, loraRank: 2, dtype: DTypePolicy(named: "float8_from_float32") ?? .float32) },
      { Embedding(3, 2, dtype: DTypePolicy(named: "float8_from_float32") ?? .float32) },
      { TimeDistributed(Dense(3, dtype: DTypePolicy(named: "int8_from_float32") ?? .float32)) },
      { Conv1D(3, kernelSize: 2, dtype: DTypePolicy(named: "int8_from_float32") ?? .float32) },
    ]
    for make in refused { #expect(make()(Input(4, 4)).failure != nil) }
    for name in ["int4/0_from_float32", "gptq/5/4_from_float32", "awq/8/4_from_float32", "int9_from_float32"] {
      #expect(DTypePolicy(named: name) == nil)
    }
    let layer = Dense(3, dtype: DTypePolicy(named: "float8_from_float32") ?? .float32)
    #expect(layer(Tensor([1, 2], shape: [1, 2], dtype: .float32), training: true).failure != nil)
  }
}
