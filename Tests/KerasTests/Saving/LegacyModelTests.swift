import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Whole models in legacy `.h5` files, and weights alone in every format.
@Suite struct LegacyModelTests {
  typealias ModelCase = ModelFixtureTests.ModelCase

  private static let newest = ["keras-3.15.1"]

  @Test(arguments: ModelFixtureTests.cases(".h5", of: newest))
  func wholeModelWrittenAndReadAgain(_ modelCase: ModelCase) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.h5"
    try Model.load(ModelFixtureTests.path(modelCase, ".keras")).save(path)
    try ModelFixtureTests.expectAgreement(of: Model.load(path), modelCase)
  }

  /// Weights alone, into a model that was made from the architecture.
  @Test(arguments: ModelFixtureTests.cases(".weights.h5"))
  func weightsOfKeras(_ modelCase: ModelCase) throws {
    let expected = try Model.load(ModelFixtureTests.path(modelCase, ".keras"))
    for ending in [".weights.h5", ".h5", ".keras"] where ModelFixtureTests.has(modelCase, ending) {
      let model = try Model.fromJSON(expected.toJSON())
      let report = try model.loadWeights(ModelFixtureTests.path(modelCase, ending))
      #expect(report.isComplete && report.loaded.count >= model.weights.count, "\(modelCase) \(ending): \(report)")
      for (weight, other) in zip(model.weights, expected.weights) {
        #expect(try weight.value.scalars() == other.value.scalars(), "\(modelCase) \(ending) \(weight.path)")
      }
    }
  }

  @Test(arguments: [".weights.h5", ".h5", ".safetensors"], [false, true])
  func weightsWrittenAndReadAgain(_ ending: String, byName: Bool) throws {
    let folder = try TemporaryFolder()
    for modelCase in ModelFixtureTests.cases(".h5", of: Self.newest) {
      let model = try Model.load(ModelFixtureTests.path(modelCase, ".keras"))
      let path = "\(folder.path)/\(modelCase.name)\(ending)"
      try model.saveWeights(path)
      let other = try Model.fromJSON(model.toJSON())
      let report = try other.loadWeights(path, byName: byName)
      #expect(report.isComplete, "\(modelCase) \(ending): \(report)")
      for (weight, other) in zip(model.weights, other.weights) {
        #expect(try weight.value.scalars() == other.value.scalars(), "\(modelCase) \(ending) \(weight.path)")
      }
    }
  }

  private func network(_ units: [Int], names: [String]) throws -> Model {
    let x = Input(3, name: "x")
    var y = x
    for (units, name) in zip(units, names) { y = Dense(units, name: name)(y) }
    return try Model(inputs: x, outputs: y)
  }

  @Test(arguments: [".weights.h5", ".h5", ".safetensors"])
  func partialLoadingReportsBothSides(_ ending: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/weights" + ending
    let saved = try network([4, 5, 2], names: ["first", "second", "old_head"])
    try saved.saveWeights(path)
    let model = try network([4, 6, 7], names: ["first", "second", "new_head"])
    let before = model.getWeights()
    #expect(throws: KerasError.self) { try model.loadWeights(path) }
    #expect(throws: KerasError.self) { try model.loadWeights(path, byName: true) }
    for (weight, value) in zip(model.weights, before) {
      #expect(try weight.value.scalars() == value.scalars(), "a refused file changed \(weight.path)")
    }
    let report = try model.loadWeights(path, byName: true, skipMismatch: true)
    #expect(report.loaded == ["first/kernel", "first/bias"])
    #expect(report.missing == ["new_head/kernel", "new_head/bias"])
    #expect(report.unexpected.count == 2 && report.mismatched.map(\.weight) == ["second/kernel", "second/bias"])
    #expect(report.mismatched.first?.expected == [4, 6] && report.mismatched.first?.found == [4, 5])
    #expect(try model.weights[0].value.scalars() == saved.weights[0].value.scalars())
    #expect(try model.weights[2].value.scalars() == before[2].scalars())
  }

  @Test func positionsCountUnlessNamesAreAskedFor() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/weights.h5"
    let saved = try network([3, 3], names: ["one", "two"])
    try saved.saveWeights(path)
    let model = try network([3, 3], names: ["two", "one"])
    try model.loadWeights(path)
    #expect(try model.weights[0].value.scalars() == saved.weights[0].value.scalars())
    try model.loadWeights(path, byName: true)
    #expect(try model.weights[0].value.scalars() == saved.weights[2].value.scalars())
    #expect(throws: KerasError.self) { try network([3], names: ["one"]).loadWeights(path) }
  }

  @Test func weightsThatShareAPathAreToldApart() throws {
    func branch(_ name: String) throws -> Model {
      let x = Input(2)
      return try Model(inputs: x, outputs: Dense(2, name: "dense")(x), name: name)
    }
    let x = Input(2)
    let model = try Model(inputs: x, outputs: branch("left")(x) + branch("right")(x))
    #expect(
      model.weightNames == ["left/dense/kernel", "left/dense/bias", "right/dense/kernel", "right/dense/bias"])
    #expect(try network([2], names: ["dense"]).weightNames == ["dense/kernel", "dense/bias"])
  }

  @Test func whatIsNotOfTheFormatIsRefused() throws {
    let folder = try TemporaryFolder()
    let model = try network([2], names: ["dense"])
    for name in ["model", "model.txt", "model.safetensors", "model.weights.h5", "model.json"] {
      #expect(throws: KerasError.self) { try model.save("\(folder.path)/\(name)") }
    }
    for name in ["model.keras", "model.npz", "model.json"] {
      #expect(throws: KerasError.self) { try model.saveWeights("\(folder.path)/\(name)") }
    }
    #expect(throws: KerasError.self) { try Sequential([Dense(2)]).saveWeights(folder.path + "/a.h5") }
    try model.saveWeights(folder.path + "/a.h5")
    #expect(throws: KerasError.self) { try Model.load(folder.path + "/a.h5") }
    let x = Input(2)
    let scaled = try Model(inputs: x, outputs: Dense(2)(x).exp())
    #expect(throws: KerasError.self) { try scaled.save(folder.path + "/scaled.h5") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.h5"])
  }

  /// InceptionResNetV2's layer as Keras 2 names it.
  @Test func layersOfApplicationsThatKeras2RegisteredAreKnown() throws {
    let shape: JSONValue = [nil, 2]
    func input(_ name: String) -> JSONValue {
      [
        "class_name": "InputLayer", "name": .string(name), "inbound_nodes": [],
        "config": ["batch_input_shape": shape, "dtype": "float32", "name": .string(name)],
      ]
    }
    let scale: JSONValue = [
      "class_name": "Custom>CustomScaleLayer", "name": "scale", "config": ["name": "scale", "scale": 0.5],
      "inbound_nodes": [[["a", 0, 0, [:]], ["b", 0, 0, [:]]]],
    ]
    let description: JSONValue = [
      "class_name": "Functional", "keras_version": "2.15.0",
      "config": [
        "name": "model", "layers": [input("a"), input("b"), scale], "input_layers": [["a", 0, 0], ["b", 0, 0]],
        "output_layers": [["scale", 0, 0]],
      ],
    ]
    let model = try Model.fromJSON(description.serialized())
    #expect(try model.predict([.ones([1, 2]), .ones([1, 2])])[0].scalars() == [1.5, 1.5])
  }
}
