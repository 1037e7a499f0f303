import Graph
import ModelFiles
import Testing

@testable import Keras

/// What is written where Keras 3 has no name, or another one, for what a model is made of. That Keras opens it is checked
/// by `scripts/fixtures/roundtrip` and `exchange`.
@Suite struct WrittenConfigTests {
  private static let composite = """
    {"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "hs", "trainable": true,
      "dtype": "float32", "build_input_shape": [null, 3], "layers": [
        {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
          "config": {"batch_shape": [null, 3], "dtype": "float32", "sparse": false, "ragged": false, "name": "i"}},
        {"module": "keras.layers", "class_name": "Rescaling", "registered_name": null,
          "config": {"name": "slope", "trainable": true, "dtype": "float32", "scale": 0.2, "offset": 0.5}},
        {"module": "keras.layers", "class_name": "ReLU", "registered_name": null, "config": {"name": "limits",
          "trainable": true, "dtype": "float32", "max_value": LIMIT, "negative_slope": 0.0, "threshold": 0.0}}]}}
    """

  private func activation(limit: String) throws -> ActivationFunction {
    let text = Self.composite.replacing("LIMIT", with: limit)
    let config: Config = ["activation": try JSONValue(parsing: Array(text.utf8), name: "config")]
    return try ConfigReader(config, of: "Dense").activation("activation")
  }

  /// Keras 3 has the function of Keras 2 by no name: two of its layers stand for it.
  @Test func hardSigmoidOfKeras2() throws {
    let model = Sequential {
      Input(4, 3)
      LSTM(2, recurrentActivation: .keras2HardSigmoid, returnSequences: true)
      Dense(3, activation: .keras2HardSigmoid)
    }
    let json = model.toJSON()
    #expect(!json.contains("keras2>"))
    #expect(json.contains("Rescaling") && json.contains("ReLU"))
    let again = try Model.fromJSON(json)
    try again.setWeights(model.getWeights())
    let x = Tensor((0..<24).map { Double($0) - 12 }, shape: [2, 4, 3])
    try expectClose(again.predict(x), model.predict(x), "read again")
    #expect(again.toJSON() == json)
  }

  @Test func compositeOfKeras3() throws {
    #expect(try activation(limit: "1.0").name == ActivationFunction.keras2HardSigmoid.name)
    let other = try activation(limit: "0.75")
    #expect(other.name == "hs")
    try expectClose(other(Tensor([-9, 0, 9], shape: [1, 3])), Tensor([0, 0.5, 0.75], shape: [1, 3]), "layers")
  }

  /// The older format has names of classes in Python, others have those that Keras exports.
  @Test func classesWithTwoNames() throws {
    let x = Input(4, 6)
    let model = try Model(
      inputs: x, outputs: GroupQueryAttention(headDim: 2, numQueryHeads: 2, numKeyValueHeads: 1)(x, x))
    #expect(model.toJSON().contains("\"GroupQueryAttention\""))
    let folder = try TemporaryFolder()
    try model.save(folder.path + "/m.h5")
    let config = try HDF5File(ByteSource(path: folder.path + "/m.h5")).root.attribute("model_config")?.string
    #expect(config?.contains("\"GroupedQueryAttention\"") == true)
    #expect(try Model.load(folder.path + "/m.h5").layers.contains { $0 is GroupQueryAttention })
  }

  /// What Keras 3 would misread in the older format: the name of a score, lists of axes, bfloat16 numbers.
  @Test func misunderstandings() throws {
    let x = Input(3, 4)
    let y = LayerNormalization(axis: [1, 2])(Attention()([x, x]))
    let model = try Model(inputs: x, outputs: Dense(2, dtype: try #require(DTypePolicy(named: "bfloat16")))(y))
    let folder = try TemporaryFolder()
    try model.save(folder.path + "/m.h5")
    let root = try HDF5File(ByteSource(path: folder.path + "/m.h5")).root
    let text = try #require(try root.attribute("model_config")?.string)
    let layers = try JSONValue(parsing: Array(text.utf8), name: "config")["config"]?["layers"]?.array ?? []
    func layer(_ className: String) -> JSONValue? { layers.first { $0["class_name"]?.string == className } }
    #expect(layer("Attention")?["config"]?["score_mode"] == nil)
    #expect(layer("Attention")?["module"] == nil)
    #expect(layer("LayerNormalization")?["module"] == "keras.layers")
    #expect(layer("LayerNormalization")?["config"]?["axis"]?.array?.count == 2)
    let group = try root.group("model_weights").group(model.layers.last?.name ?? "")
    let name = try #require(try group.chunkedStrings("weight_names")?.first)
    #expect(try group.dataset(name).read().elementType == .float32)
    let values = Tensor((0..<24).map { Double($0) / 8 }, shape: [2, 3, 4])
    let again = try Model.load(folder.path + "/m.h5")
    try expectClose(again.predict(values).asType(.float32), model.predict(values).asType(.float32), "read again")
  }

  /// Keras 3 cannot train on with the state that it reads from where it keeps it itself.
  @Test func stateOfTheOptimizer() throws {
    let model = Sequential {
      Input(2)
      Dense(1)
    }
    try model.compile(optimizer: Adam(learningRate: 0.1), loss: .meanSquaredError)
    let (x, y) = (Tensor([1, 2, 3, 4], shape: [2, 2]), Tensor([1, 0], shape: [2, 1]))
    try model.trainOnBatch([x], [y])
    let folder = try TemporaryFolder()
    try model.save(folder.path + "/m.h5")
    #expect(try !HDF5File(ByteSource(path: folder.path + "/m.h5")).root.contains("optimizer_weights"))
    let again = try Model.load(folder.path + "/m.h5")
    #expect(again.loadWarnings.isEmpty)
    for model in [model, again] { try model.trainOnBatch([x], [y]) }
    for (a, b) in zip(again.getWeights(), model.getWeights()) { try expectClose(a, b, "trained on") }
  }

  /// Keras 3 reads a list of numbers as no operand, a tensor it does.
  @Test func operandsOfTensorFlow() throws {
    let model = try Model.load(ModelFixtureTests.root + "/tf_keras-2.21.0/tensorflow_operations.keras")
    let layers = model.serialized["config"]?["layers"]?.array ?? []
    let operand = layers.first { $0["name"] == "tf.math.multiply_1" }?["inbound_nodes"]?[0]?["args"]?[1]
    #expect(operand?["class_name"] == "__tensor__")
    #expect(operand?["config"]?["value"] == [[[1.0], [1.0], [1.0]]])
  }

  /// Keras 3 writes the mask of an embedding as an operation, for which the older format has no words.
  @Test func masksOfEmbeddings() throws {
    func reference(_ layer: String, _ dtype: String = "float32") -> String {
      """
      {"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "\(dtype)",
        "keras_history": ["\(layer)", 0, 0]}}
      """
    }
    func layer(_ className: String, _ name: String, _ config: String, _ arguments: String, _ keywords: String) -> String
    {
      """
      {"module": "\(className == "NotEqual" ? "keras.src.ops.numpy" : "keras.layers")", "class_name": "\(className)",
        "config": {"name": "\(name)"\(config)}, "registered_name": null, "name": "\(name)",
        "inbound_nodes": [\(arguments.isEmpty ? "" : "{\"args\": [\(arguments)], \"kwargs\": {\(keywords)}}")]}
      """
    }
    func model(maskOf masked: String) throws -> Model {
      let mask = "\"mask\": " + reference("not_equal", "bool")
      let layers = [
        layer("InputLayer", "x", ", \"batch_shape\": [null, 4]", "", ""),
        layer("Embedding", "e", ", \"input_dim\": 5, \"output_dim\": 3, \"mask_zero\": true", reference("x"), ""),
        layer("NotEqual", "not_equal", "", reference(masked) + ", 0", ""),
        layer("LSTM", "a", ", \"units\": 3, \"return_sequences\": true", reference("e"), mask),
        layer("GRU", "b", ", \"units\": 2", reference("a"), mask),
      ]
      return try Model.fromJSON(
        """
        {"module": "keras", "class_name": "Functional", "registered_name": null, "config": {"name": "m",
          "layers": [\(layers.joined(separator: ", "))], "input_layers": ["x", 0, 0], "output_layers": ["b", 0, 0]}}
        """)
    }
    let folder = try TemporaryFolder()
    let given = try model(maskOf: "x")
    try given.save(folder.path + "/m.h5")
    let again = try Model.load(folder.path + "/m.h5")
    let x = Tensor([1, 2, 0, 0, 3, 0, 4, 0], shape: [2, 4])
    try expectClose(again.predict(x), given.predict(x), "masks")
    #expect(again.graph?.layers.contains { $0 is OperationLayer } == false)
    // Another mask than the layers' own stays, so that the format cannot describe the model.
    let other = try model(maskOf: "e")
    #expect(throws: KerasError.self) { try other.save(folder.path + "/other.h5") }
  }
}
