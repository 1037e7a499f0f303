import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Files that `scripts/fuzz` found to end the process or to take too much memory, reduced to what did it.
@Suite struct FoundFilesTests {
  private func model(_ layers: [JSONValue], inputShape: [Int?], compile: JSONValue? = nil) throws -> Model {
    guard case .object(var config) = CraftedArchive.sequentialConfig(layers, inputShape: inputShape) else {
      throw CocoaError(.coderInvalidValue)
    }
    config["compile_config"] = compile
    return try Model.fromJSON(JSONValue.object(config).serialized())
  }

  @Test func cellsOfAnIntegerTypeAreRefused() throws {
    let cells = CraftedArchive.layer(
      "StackedRNNCells",
      [
        "name": "cells", "dtype": "int8",
        "cells": [CraftedArchive.layer("LSTMCell", ["name": "cell", "units": 2])],
      ])
    let rnn = CraftedArchive.layer("RNN", ["name": "rnn", "cell": cells, "return_sequences": true])
    #expect(throws: KerasError.self) { try model([rnn], inputShape: [nil, 4, 3]) }
  }

  @Test(
    arguments: [
      ["loss": "mse", "loss_weights": []], ["loss": []], ["loss": ["mse", "mse"]],
      ["loss": "mse", "loss_weights": [1, 2]],
    ] as [JSONObject])
  func lossesThatAreNotAsManyAsOutputsAreRefused(_ members: JSONObject) throws {
    var compile: JSONObject = ["optimizer": "sgd"]
    for (key, value) in members { compile[key] = value }
    let dense = CraftedArchive.layer("Dense", ["name": "dense", "units": 2])
    #expect(throws: KerasError.self) {
      try model([dense], inputShape: [nil, 3], compile: .object(compile))
        .trainOnBatch([.ones([1, 3])], [.ones([1, 2])])
    }
  }

  /// A normalization that has no weights makes none as wide as its input either.
  @Test func normalizationsWithoutWeightsTakeNoMemory() throws {
    let normalization = CraftedArchive.layer(
      "LayerNormalization", ["name": "normalization", "center": false, "scale": false])
    _ = try model([normalization], inputShape: [nil, 1 << 42])
    let small = try model([normalization], inputShape: [nil, 2])
    let output = try small.predict(Tensor([1, 3] as [Float], shape: [1, 2])).scalars()
    #expect(abs(output[0] + 1) < 1e-3 && abs(output[1] - 1) < 1e-3)
  }

  /// The places of more weights than memory is allowed for are not listed.
  @Test(arguments: [(255, "same", 3), (1500, "same", 3), (2000, "same", 2)])
  func windowsAreBounded(_ window: Int, _ padding: String, _ implementation: Int) throws {
    let layer = CraftedArchive.layer(
      "LocallyConnected2D",
      [
        "name": "local", "filters": 2, "kernel_size": JSONValue(window), "padding": .string(padding),
        "implementation": JSONValue(implementation),
      ])
    #expect(throws: KerasError.self) { try model([layer], inputShape: [nil, 6, 6, 2]) }
  }

  /// Layers that would unroll, or list places, as often as a number in the file says.
  @Test(
    arguments: [
      ("AdaptiveMaxPooling1D", ["output_size": 1_048_576_0], [nil, 3, 2]),
      ("AdaptiveAveragePooling1D", ["output_size": 1_099_511_627_776], [nil, 3, 2]),
      ("Resizing", ["height": 1_048_575, "width": 1_048_575], [nil, 100_000, 100_000, 3]),
    ] as [(String, JSONObject, [Int?])])
  func tablesAreBounded(_ className: String, _ members: JSONObject, _ shape: [Int?]) throws {
    var config = members
    config["name"] = "layer"
    #expect(throws: KerasError.self) {
      try model([CraftedArchive.layer(className, .object(config))], inputShape: shape)
    }
  }

  @Test func powerIterationsAreBounded() throws {
    let dense = CraftedArchive.layer("Dense", ["name": "dense", "units": 2])
    let layer = CraftedArchive.layer(
      "SpectralNormalization", ["name": "normal", "layer": dense, "power_iterations": 1_000_000_000])
    #expect(throws: KerasError.self) { try model([layer], inputShape: [nil, 3]) }
  }
}
