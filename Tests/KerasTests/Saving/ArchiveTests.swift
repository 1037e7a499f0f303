import Foundation
import ModelFiles
import Testing

@testable import Keras

/// `.keras` files: what is saved comes back, and real Keras's files load.
@Suite struct ArchiveTests {
  private func temporary(_ name: String) -> String { NSTemporaryDirectory() + "/\(UUID().uuidString)-\(name)" }

  private func convolutional() throws -> Sequential {
    let model = Sequential {
      Input(8, 8, 1)
      Conv2D(4, kernelSize: 3, activation: .relu)
      BatchNormalization()
      MaxPooling2D()
      Flatten()
      Dropout(0.5)
      Dense(3, activation: .softmax)
    }
    try model.compile(optimizer: Adam(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    return model
  }

  @Test func savedModelPredictsAndTrainsOnTheSame() throws {
    let path = temporary("model.keras")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try convolutional()
    let x = Tensor((0..<640).map { Float($0 % 17) / 17 }, shape: [10, 8, 8, 1])
    let y = Tensor((0..<10).map { Int32($0 % 3) })
    try model.fit(x, y, batchSize: 5, epochs: 2, verbose: 0)
    try model.save(path)
    let loaded = try Model.load(path)
    #expect(try loaded.predict(x).scalars() == model.predict(x).scalars())
    #expect(loaded.optimizerValues() == model.optimizerValues())
    #expect(loaded.optimizerValues().count == 2 + 2 * model.trainableWeights.count)
    #expect(try loaded.evaluate(x, y, verbose: 0)["loss"] == model.evaluate(x, y, verbose: 0)["loss"])
  }

  @Test func functionalModelsKeepTheirCalls() throws {
    let path = temporary("functional.keras")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (a, b) = (Input(4, name: "a"), Input(4, name: "b"))
    let shared = Dense(3)
    let joined = Concatenate()([shared(a), shared(b)])
    let scaled = joined.exp() * 2 + 1
    let model = try Model(inputs: [a, b], outputs: [Dense(2)(scaled), scaled.mean(axis: [-1], keepDims: true)])
    let x = [Tensor.ones([3, 4]), Tensor.ones([3, 4]) * 0.5]
    let before = try model.predict(x)
    try model.save(path)
    let after = try Model.load(path).predict(x)
    for (p, q) in zip(before, after) { #expect(try p.scalars() == q.scalars()) }
  }

  /// A model whose layers are attributes, one a list.
  final class Tower: Model, ConfigConstructible, @unchecked Sendable {
    let first = Dense(4, activation: .relu)
    let rest = [Dense(3), Dense(2)]

    override init(name: String? = nil, dtype: DTypePolicy = .float32, activityRegularizer: (any Regularizer)? = nil) {
      super.init(name: name, dtype: dtype, activityRegularizer: activityRegularizer)
    }

    convenience init(from reader: ConfigReader) throws { self.init(name: reader.name) }

    override var sublayers: [(attribute: String, layer: Layer)] {
      [("first", first)] + rest.map { (attribute: "rest/", layer: $0) }
    }

    override func call(_ input: Tensor, _ context: CallContext) -> Tensor { rest.reduce(first(input)) { $1($0) } }
  }

  @Test func subclassedModelLoadsByItsRegisteredClass() throws {
    CustomObjects.register(Tower.self, as: "tests>Tower")
    let path = temporary("tower.keras")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = Tower()
    try model.compile(optimizer: Adam(), loss: .meanSquaredError)
    let x = Tensor((0..<12).map { Float($0) / 12 }, shape: [4, 3])
    try model.trainOnBatch([x], [Tensor.ones([4, 2])])
    try model.save(path)
    let weights = try #require(try KerasArchive(path: path).weights.first)
    // As in Keras, where the list of all layers comes before this attribute.
    #expect(try weights.group("first/vars").names == ["0", "1"])
    #expect(try weights.group("layers/dense_2/vars").names == ["0", "1"])
    let loaded = try #require(try Model.load(path) as? Tower)
    #expect(try loaded.predict(x).scalars() == model.predict(x).scalars())
    #expect(loaded.optimizerValues() == model.optimizerValues())
  }

  @Test func oneOutputStandsAloneInTheFile() throws {
    let x = Input(3, name: "x")
    let single = try Model(inputs: x, outputs: Dense(2, name: "y")(x))
    #expect(single.config["output_layers"] == ["y", 0, 0])
    let several = try Model(inputs: [x], outputs: [Dense(2, name: "a")(x), Dense(2, name: "b")(x)])
    #expect(several.config["output_layers"] == [["a", 0, 0], ["b", 0, 0]])
  }

  @Test func operationsNameTheModuleThatKerasHasThemIn() throws {
    let x = Input(3, name: "x")
    let model = try Model(inputs: x, outputs: (x.relu() * 2).logSumExp(axis: [-1], keepDims: true))
    let modules = model.config["layers"]?.array?.dropFirst().map { $0["module"]?.string }
    #expect(modules == ["keras.src.ops.nn", "keras.src.ops.numpy", "keras.src.ops.math"])
  }

  @Test func dictionariesOfTensorsKeepTheirKeys() throws {
    let x = Input(3, name: "x")
    let model = try Model(inputs: [x], outputs: [Dense(2, name: "a")(x), Dense(2, name: "b")(x)])
    var config = model.config.merging(model.baseConfig)
    config["output_layers"] = ["second": ["b", 0, 0], "first": ["a", 0, 0]]
    let text = JSONValue.object([
      "class_name": "Functional", "config": .object(config),
      "compile_config": [
        "optimizer": "sgd", "loss": ["second": "mae", "first": "mse"], "loss_weights": ["first": 2.0],
      ],
    ])
    let read = try Model.fromJSON(text.serialized())
    #expect(read.outputs.count == 2)
    #expect(read.config["output_layers"] == config["output_layers"])
    #expect(read.compilation?.losses.map { $0?.name } == ["mean_squared_error", "mean_absolute_error"])
    #expect(read.compilation?.lossWeights == [2, 1])
  }

  @Test func optimizerStateOfAnotherModelIsLeftOutWithAWarning() throws {
    let (path, other) = (temporary("trained.keras"), temporary("other.keras"))
    defer { for file in [path, other] { try? FileManager.default.removeItem(atPath: file) } }
    let model = try convolutional()
    try model.fit(.ones([4, 8, 8, 1]), Tensor([0, 1, 2, 0] as [Int32]), epochs: 1, verbose: 0)
    try model.save(path)
    #expect(try Model.load(path).loadWarnings.isEmpty)
    model.layers[0].trainable = false
    try model.save(other)
    let loaded = try Model.load(other)
    #expect(loaded.loadWarnings.count == 1)
    #expect(loaded.loadWarnings.first?.contains("adam") == true)
  }

  @Test func unpackedFolderLoads() throws {
    let folder = try TemporaryFolder()
    let model = try convolutional()
    try model.save(folder.path + "/model.keras")
    let zip = try ZipArchive(ByteSource(path: folder.path + "/model.keras"))
    for name in ["config.json", "metadata.json", "model.weights.h5"] {
      try Data(zip.contents(of: name).bytes()).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }
    let x = Tensor.ones([2, 8, 8, 1])
    #expect(try Model.load(folder.path).predict(x).scalars() == model.predict(x).scalars())
  }

  @Test func missingFileIsAnError() {
    #expect(throws: (any Error).self) { try Model.load("/nowhere/model.keras") }
  }

  @Test func truncatedFileIsAnErrorAtEveryLength() throws {
    let path = temporary("whole.keras")
    let cut = temporary("cut.keras")
    defer { for file in [path, cut] { try? FileManager.default.removeItem(atPath: file) } }
    try convolutional().save(path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in stride(from: 0, to: bytes.count, by: max(bytes.count / 40, 1)) {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: cut))
      #expect(throws: (any Error).self) { try Model.load(cut) }
    }
  }

  @Test func failedSaveKeepsTheOldFile() throws {
    let path = temporary("kept.keras")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try convolutional()
    try model.save(path)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(throws: KerasError.self) { try Sequential([Dense(2)]).save(path) }
    #expect(throws: (any Error).self) { try model.save("/nowhere/model.keras") }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test func weightsOfAnotherModelAreRefused() throws {
    let path = temporary("other.keras")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try convolutional().save(path)
    let other = Sequential {
      Input(4)
      Dense(3)
      Dense(2)
    }
    #expect(throws: KerasError.self) {
      try other.loadWeights(path)
    }
  }
}

extension Model {
  /// The optimizer's variables as numbers.
  fileprivate func optimizerValues() -> [[Float]] {
    (compilation?.optimizer.variables ?? []).compactMap { try? $0.value.scalars() }
  }

  /// A model that starts at a tensor inside another has an input of its own, the layers and weights of the other.
  @Test func modelsThatStartInsideAnother() throws {
    let x = Input(3)
    let hidden = Dense(4, name: "first")(x)
    let last = Dense(2, name: "last")
    let whole = try Model(inputs: x, outputs: last(hidden))
    let head = try Model(inputs: hidden, outputs: whole.outputs[0])
    #expect(head.layers.map(\.name).last == "last" && head.layers.count == 2)
    #expect(head.weights.count == 2 && head.weights[0] === last.weights[0])
    let folder = try TemporaryFolder()
    let features = Tensor([1, 2, 3, 4] as [Float], shape: [1, 4])
    for name in ["head.keras", "head.h5"] {
      try head.save("\(folder.path)/\(name)")
      let read = try Model.load("\(folder.path)/\(name)")
      #expect(try read.predict(features).scalars() == head.predict(features).scalars())
    }
  }
}
