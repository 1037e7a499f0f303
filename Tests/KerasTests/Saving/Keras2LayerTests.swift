import ModelFiles
import Testing

@testable import Keras

/// Layers as Keras 2 wrote them: what each argument means there, or that it is refused.
@Suite struct Keras2LayerTests {
  static let cases = (try? FixtureFamily("legacy", folder: "layers"))?.cases ?? []

  @Test func fixturesAreThere() { #expect(Self.cases.count > 60) }

  @Test(arguments: cases)
  func output(_ fixture: FixtureCase) throws {
    let layer = try Self.layer(fixture.manifest["layer"] ?? nil)
    let arguments = CallArguments(try fixture.tensors("input").map(Argument.tensor))
    try layer.buildIfNeeded(arguments)
    let weights = try zip(fixture.tensors("weight"), layer.weights).map { $0.reshape($1.shape.dimensions) }
    try layer.setWeights(weights)
    let results = layer.apply(arguments)
    if let failure = results.first?.failure { throw failure }
    let expected = try #require(try fixture.tensor("output/0"))
    try expectClose(results[0], expected, fixture.name)
  }

  private static func layer(_ description: JSONValue, _ version: KerasVersion = KerasVersion(2, 15, 0)) throws -> Layer
  {
    try ModelReader.layer(ConfigMigration(from: version).migrated(description))
  }

  private static func layer(
    _ className: String, _ config: Config, _ version: KerasVersion = KerasVersion(2, 15, 0)
  ) throws -> Layer {
    try layer(["class_name": .string(className), "config": .object(config)], version)
  }

  /// Arguments at values that would give other numbers, were they left out.
  @Test func whatHasNoEqualIsRefused() {
    let refused: [(String, Config)] = [
      ("BatchNormalization", ["axis": [1, 2]]), ("BatchNormalization", ["axis": [3], "virtual_batch_size": 4]),
      ("BatchNormalization", ["axis": -1, "adjustment": "f"]), ("Dense", ["units": 2, "autocast": false]),
      ("Dense", ["units": 2, "dynamic": true]), ("Dense", ["units": 2, "time_major": true]),
      ("Conv2D", ["filters": 2, "kernel_size": 2, "ragged": true]), ("Attention", ["causal": true]),
      ("CategoryEncoding", ["max_tokens": nil, "output_mode": "binary"]),
      ("CategoryEncoding", ["max_tokens": 4, "output_mode": "tf-idf"]), ("IntegerLookup", ["vocabulary": nil]),
      ("IntegerLookup", ["vocabulary": [1, 1]]),
    ]
    for (className, config) in refused {
      #expect(throws: KerasError.self, "\(className) \(config)") { try Self.layer(className, config) }
    }
    for mode in [1, 2] {
      #expect(throws: KerasError.self) {
        try Self.layer("BatchNormalization", ["mode": JSONValue(mode)], KerasVersion(1, 2, 2))
      }
    }
    #expect(throws: KerasError.self) {
      try Self.layer("RandomCrop", ["height": 2, "width": 2, "data_format": "channels_last"], .current)
    }
  }

  @Test func whatMeansNothingIsAccepted() throws {
    let accepted: [(String, Config)] = [
      ("LSTM", ["units": 2, "implementation": 1, "time_major": false]), ("CategoryEncoding", ["max_tokens": 4]),
      ("Discretization", ["bins": [0.5, 1.5]]), ("Attention", ["causal": false]),
      ("BatchNormalization", ["axis": [2], "fused": true]),
      ("Embedding", ["input_dim": 3, "output_dim": 2, "sparse": true]),
      ("InputLayer", ["batch_input_shape": [nil, 3], "sparse": true, "ragged": true]),
    ]
    for (className, config) in accepted { _ = try Self.layer(className, config) }
  }

  @Test func attentionOfOldCausalLayers() throws {
    let x = Tensor((0..<12).map { Double($0 % 5) - 1.7 }, shape: [1, 4, 3], dtype: .float32)
    let reference: JSONValue = ["x", 0, 0, [:]]
    for causal in [false, true] {
      let description: JSONValue = [
        "class_name": "Functional",
        "config": [
          "name": "model", "input_layers": [["x", 0, 0]], "output_layers": [["attention", 0, 0]],
          "layers": [
            [
              "class_name": "InputLayer", "name": "x", "inbound_nodes": [],
              "config": ["batch_input_shape": [nil, 4, 3], "dtype": "float32", "name": "x"],
            ],
            [
              "class_name": "Attention", "name": "attention", "inbound_nodes": [[reference, reference]],
              "config": ["name": "attention", "causal": .bool(causal), "use_scale": false],
            ],
          ],
        ],
      ]
      let model = try ModelReader.model(description, version: KerasVersion(2, 9, 0))
      let expected: [Float] = try Attention()([x, x], useCausalMask: causal).scalars()
      #expect(try model.predict(x).scalars() == expected)
    }
  }

  /// Where a mask hides all, Keras 2 gives everything the same weight, and Keras 3 none.
  @Test func everythingHidden() throws {
    let x = Tensor([1, 2, 3, 4], shape: [1, 4], dtype: .float32)
    let hidden = Tensor([0, 0, 0, 0], shape: [1, 4], dtype: .bool)
    for (version, weight) in [(KerasVersion(2, 15, 0), Float(0.25)), (.current, 0)] {
      let softmax = try Self.layer("Softmax", ["axis": -1], version)
      #expect(try softmax(x.masked(by: hidden)).scalars() == [weight, weight, weight, weight])
    }
    let sequence = Tensor((0..<24).map { Double($0 % 5) - 2 }, shape: [1, 4, 6], dtype: .float32)
    var outputs: [[Float]] = []
    for rate in [0, 0.1] {
      let config: Config = ["num_heads": 2, "key_dim": 3, "dropout": .number(rate), "kernel_initializer": "ones"]
      let attention = try Self.layer("MultiHeadAttention", config)
      let query = sequence.masked(by: hidden)
      outputs.append(
        try attention.apply(CallArguments([.tensor(query), .tensor(query)])).first?.masked(by: nil).scalars() ?? [])
    }
    #expect(outputs[0] == outputs[1] && outputs[0].contains { $0 != 0 })
  }

  /// Masks stay on what attention was given, which Keras 3 takes them off.
  @Test func inputsKeepTheirMasks() throws {
    let sequence = Tensor((0..<24).map { Double($0 % 7) - 2 }, shape: [1, 4, 6], dtype: .float32)
    for version in [KerasVersion(2, 15, 0), .current] {
      let attention = try Self.layer("MultiHeadAttention", ["num_heads": 2, "key_dim": 3], version)
      let query = sequence.masked(by: Tensor([1, 1, 0, 0], shape: [1, 4], dtype: .bool))
      func output() throws -> [Float] {
        try attention.apply(CallArguments([.tensor(query), .tensor(query)])).first?.masked(by: nil).scalars() ?? []
      }
      let (first, second) = (try output(), try output())
      #expect((first == second) == version.isKeras2)
    }
  }

  /// Of places that have no weight of their own, the mean of the others counts.
  @Test func weightedCounts() throws {
    let x = Tensor([Int64]([10, 20, 5, 0, -1, 30])).reshape([2, 3])
    let layer = IntegerLookup(vocabulary: [10, 20, 30], idfWeights: [0.1, 0.2, 0.3], outputMode: .tfIdf)
    try expectClose(
      layer(x), Tensor([0.2, 0.1, 0.2, 0, 0.4, 0, 0, 0.3], shape: [2, 4], dtype: .float32), "weighted counts")
  }

  /// Several extents are possible of what a convolution made smaller; Keras 1 was told one.
  @Test func outputShapeOfKeras1() throws {
    for (padding, extents) in [("valid", [8, 9]), ("valid", [7, 9]), ("same", [6, 8])] {
      let layer = try Self.layer(
        "Deconvolution2D",
        [
          "nb_filter": 2, "nb_row": 3, "nb_col": 3, "subsample": [2, 2], "border_mode": .string(padding),
          "dim_ordering": "tf", "output_shape": .array([nil] + extents.map(JSONValue.init) + [2]),
        ], KerasVersion(1, 2, 2))
      let output = layer(Input(3, 4, 5))
      if let failure = output.failure { throw failure }
      #expect(output.partialShape == [nil] + extents.map { $0 } + [2], "\(padding) \(extents)")
    }
    #expect(throws: KerasError.self) {
      try Self.layer(
        "Deconvolution2D",
        [
          "nb_filter": 2, "nb_row": 3, "nb_col": 3, "subsample": [2, 2], "border_mode": "same",
          "dim_ordering": "th", "output_shape": [nil, 2, 5, 8],
        ], KerasVersion(1, 2, 2))
    }
  }

  /// What Keras 3 lacks is written as something that it has, or not at all.
  @Test func writtenForKeras3() throws {
    let folder = try TemporaryFolder()
    let x = Input(5, 6, 2)
    let crop = RandomCrop(height: 3, width: 4, name: "crop")
    let model = try Model(inputs: x, outputs: RandomHeight(0.2)(RandomWidth(0.1)(crop(x))))
    let images = Tensor((0..<60).map { Double($0 % 7) }, shape: [1, 5, 6, 2], dtype: .float32)
    for ending in ["keras", "h5"] {
      let path = "\(folder.path)/model.\(ending)"
      try model.save(path)
      let saved = try Model.load(path)
      #expect(saved.layers.map { type(of: $0).className } == ["InputLayer", "Resizing", "Identity", "Identity"])
      let values: [Float] = try saved.predict(images).scalars()
      #expect(try model.predict(images).scalars() == values)
    }
    let sequence = InputLayer(batchShape: [4, 2, 3]).output
    let layer = try Self.layer("LSTM", ["units": 2, "time_major": true])
    let timeMajor = try Model(inputs: sequence, outputs: layer(sequence))
    #expect(throws: KerasError.self) { try timeMajor.save(folder.path + "/time.keras") }
  }
}
