import Foundation
import ModelFiles
import Testing

@testable import Keras

/// A file takes no more time and memory than it holds, whatever it declares.
@Suite struct BombTests {
  /// Layers whose declared sizes would take more memory than any machine has.
  static let declarations: [(name: String, layers: [JSONValue], inputShape: [Int?])] = {
    func one(_ name: String, _ className: String, _ config: JSONObject, _ shape: [Int?] = [nil, 4]) -> (
      String, [JSONValue], [Int?]
    ) {
      (name, [CraftedArchive.layer(className, .object(config.merging(["name": "layer"])))], shape)
    }
    let huge: JSONValue = .integer(1 << 40)
    let image: [Int?] = [nil, 8, 8, 3]
    return [
      one("units", "Dense", ["units": huge]),
      one("units 1e18", "Dense", ["units": .integer(1_000_000_000_000_000_000)]),
      one("units as a float", "Dense", ["units": 1e300]),
      one("units beyond integers", "Dense", ["units": .number(.infinity)]),
      one("units not a number", "Dense", ["units": .number(.nan)]),
      one("negative units", "Dense", ["units": -1]),
      one("filters", "Conv2D", ["filters": huge, "kernel_size": [3, 3]], image),
      one("kernel", "Conv2D", ["filters": 1, "kernel_size": [.integer(1 << 62), .integer(1 << 62)]], image),
      one("dilation", "Conv2D", ["filters": 1, "kernel_size": 3, "dilation_rate": .integer(1 << 62)], image),
      one("depth", "DepthwiseConv2D", ["kernel_size": 3, "depth_multiplier": huge], image),
      one("embedding", "Embedding", ["input_dim": .integer(1_000_000_000_000), "output_dim": huge]),
      one("recurrent", "LSTM", ["units": huge], [nil, 3, 4]),
      one("heads", "MultiHeadAttention", ["num_heads": huge, "key_dim": huge], [nil, 3, 4]),
      one("axis", "BatchNormalization", ["axis": -999]),
      one(
        "locally connected", "LocallyConnected2D", ["filters": 2, "kernel_size": [3, 3]], [nil, 100_000, 100_000, 3]),
      one("input", "Dense", ["units": 2], [nil, 1 << 60]),
      one("inputs overflow", "Flatten", [:], [nil, 1 << 40, 1 << 40]),
      one("discretization", "CategoryEncoding", ["num_tokens": huge, "output_mode": "one_hot"]),
      one("repeat", "RepeatVector", ["n": .integer(.max)]),
      one("padding", "ZeroPadding2D", ["padding": .integer(.max)], image),
      one("upsampling", "UpSampling2D", ["size": .integer(1 << 62)], image),
      one("cropping", "Cropping2D", ["cropping": .integer(.max)], image),
      one("reshape", "Reshape", ["target_shape": [.integer(1 << 62), .integer(1 << 62), -1]]),
      one("permute", "Permute", ["dims": [.integer(.max)]]),
      one("resizing", "Resizing", ["height": .integer(1 << 62), "width": 1], image),
      one("unroll", "SimpleRNN", ["units": 1, "unroll": true], [nil, 1 << 40, 4]),
      one("pool", "MaxPooling2D", ["pool_size": .integer(1 << 62), "strides": .integer(.max)], image),
      one("transposed", "Conv2DTranspose", ["filters": 1, "kernel_size": 3, "strides": .integer(1 << 62)], image),
    ]
  }()

  @Test(arguments: declarations.indices)
  func declaredSizesAreNotAllocated(_ index: Int) throws {
    let (name, layers, shape) = Self.declarations[index]
    CraftedArchive.sequential(layers, inputShape: shape).expectRefused()
    let json = CraftedArchive.sequentialConfig(layers, inputShape: shape).serialized()
    // An architecture alone may be that large; it takes no memory before its first use.
    do { _ = try Model.fromJSON(json) } catch {
      #expect(error is KerasError || error is ModelFileError, "\(name): \(error)")
    }
  }

  /// Shapes without weights may be huge as long as nobody computes with them.
  @Test func hugeOutputsAreRefusedWhenTheyAreComputed() throws {
    func repeated(_ name: String) -> JSONValue {
      CraftedArchive.layer("RepeatVector", ["name": .string(name), "n": .integer(1 << 20)])
    }
    let flatten = CraftedArchive.layer("Flatten", ["name": "flatten"])
    let model = try CraftedArchive.sequential([repeated("first"), flatten, repeated("second")]).load()
    #expect(throws: KerasError.self) { try model.predict(Tensor.ones([1, 4])) }
  }

  @Test func weightsThatNobodyHasMemoryForAreRefusedWhenTheyAreUsed() throws {
    let json = CraftedArchive.sequentialConfig([
      CraftedArchive.layer("Dense", ["name": "wide", "units": .integer(1 << 30)]),
      CraftedArchive.layer("Dense", ["name": "dense", "units": .integer(1 << 20)]),
    ])
    let model = try Model.fromJSON(json.serialized())
    #expect(model.parameterCount == 5 << 30 + 1 << 50 + 1 << 20)
    for use in [{ _ = try model.predict(Tensor.ones([1, 4])) }, { _ = try model.weights[2].value.scalars() }] {
      #expect(throws: KerasError.self) { try use() }
      do { try use() } catch let error as KerasError { #expect(error.kind == .memory) }
    }
    #expect(!model.summary().isEmpty)
  }

  /// Models that use one another twice, on and on: 2^40 operations in a file of a few kilobytes.
  @Test func doublingNestedModelsLoad() throws {
    let input: JSONValue = [
      "module": "keras.layers", "class_name": "InputLayer", "name": "input", "inbound_nodes": [],
      "config": ["batch_shape": [nil, 4], "dtype": "float32", "name": "input"],
    ]
    var level: Config = [
      "module": "keras.layers", "class_name": "ReLU", "registered_name": nil, "config": ["name": "level"],
    ]
    for depth in 0..<40 {
      level["name"] = "level"
      level["inbound_nodes"] = [CraftedArchive.call("input"), CraftedArchive.call("level")]
      level = [
        "module": "keras", "class_name": "Functional", "registered_name": "Functional",
        "config": [
          "name": "level", "layers": [input, .object(level)], "input_layers": [["input", 0, 0]],
          // Lists of outputs count the making of a model as its first call.
          "output_layers": [["level", depth == 0 ? 1 : 2, 0]],
        ],
      ]
    }
    let model = try CraftedArchive(config: .object(level)).load()
    #expect(model.outputs.map(\.partialShape) == [[nil, 4]])
    #expect(!model.summary().isEmpty)
  }

  @Test func cyclesAndSelfReferencesAreRefused() {
    func dense(_ name: String, from: String) -> JSONValue {
      [
        "module": "keras.layers", "class_name": "Dense", "name": .string(name),
        "config": ["name": .string(name), "units": 4], "inbound_nodes": [CraftedArchive.call(from)],
      ]
    }
    let input: JSONValue = [
      "module": "keras.layers", "class_name": "InputLayer", "name": "input", "inbound_nodes": [],
      "config": ["batch_shape": [nil, 4], "dtype": "float32", "name": "input"],
    ]
    CraftedArchive.functional(
      [input, dense("a", from: "b"), dense("b", from: "a")], inputs: [["input", 0, 0]], outputs: [["b", 0, 0]]
    ).expectRefused("a")
    CraftedArchive.functional([input, dense("a", from: "a")], inputs: [["input", 0, 0]], outputs: [["a", 0, 0]])
      .expectRefused("a")
    CraftedArchive.functional([input, dense("a", from: "nobody")], inputs: [["input", 0, 0]], outputs: [["a", 0, 0]])
      .expectRefused("nobody")
    CraftedArchive.functional([input], inputs: [["input", 0, 0]], outputs: [["input", 7, -3]]).expectRefused()
  }

  @Test func endlessNestingIsRefused() throws {
    var model = CraftedArchive.layer("ReLU", ["name": "relu"])
    for level in 0..<2000 {
      model = [
        "module": "keras", "class_name": "Sequential",
        "config": ["name": .string("level\(level)"), "layers": [model]],
      ]
    }
    let sink = MemorySink()
    let zip = ZipWriter(sink)
    try zip.add("metadata.json", text: "{}")
    try zip.add("config.json", text: model.serialized())
    try zip.finish()
    #expect(throws: ModelFileError.self) { try CraftedArchive.load(sink.bytes) }
  }

  @Test func longChainsOfLayersLoadAndGo() throws {
    let layers = (0..<3000).map { CraftedArchive.layer("ReLU", ["name": .string("relu_\($0)")]) }
    let model = try CraftedArchive.sequential(layers).load()
    #expect(model.layers.count == 3000)
  }

  @Test func numbersBeyondTheirTypesAreTypedErrors() throws {
    for number in ["1e999", "-1e999", "123456789012345678901234567890", "NaN", "Infinity", "1.5", "-0", "1e-999"] {
      let text = CraftedArchive.sequentialConfig([
        CraftedArchive.layer("Dense", ["name": "dense", "units": 77])
      ]).serialized().replacing("77", with: number)
      let sink = MemorySink()
      let zip = ZipWriter(sink)
      try zip.add("metadata.json", text: "{}")
      try zip.add("config.json", text: text)
      try zip.finish()
      do {
        _ = try CraftedArchive.load(sink.bytes)
        Issue.record("\(number) loads")
      } catch { #expect(error is KerasError || error is ModelFileError) }
    }
  }
}
