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
    let weights = try HDF5File(KerasArchive(path: path).zip.contents(of: "model.weights.h5"))
    let other = Sequential {
      Input(4)
      Dense(3)
      Dense(2)
    }
    #expect(throws: KerasError.self) {
      try WeightsFile.load(other.weightGroups(), from: weights.root, ignoring: ["optimizer/"], file: path)
    }
  }
}

extension Model {
  /// The optimizer's variables as numbers.
  fileprivate func optimizerValues() -> [[Float]] {
    (compilation?.optimizer.variables ?? []).compactMap { try? $0.value.scalars() }
  }
}
