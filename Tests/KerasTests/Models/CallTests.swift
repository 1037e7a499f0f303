import Graph
import ModelFiles
import Testing

@testable import Keras

/// Calls of layers in functional models: constants among the arguments, and their own mode.
@Suite struct CallTests {
  @Test func constantsAreInputs() throws {
    let x = Input(4)
    let row = Tensor([1, 2, 3, 4] as [Float], shape: [1, 4])
    let model = try Model(inputs: x, outputs: Add()([x, row]))
    #expect(try model.predict(.zeros([3, 4])).scalars() == [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4])

    let folder = try TemporaryFolder()
    for file in ["model.keras", "model.h5"] {
      try model.save("\(folder.path)/\(file)")
      let again = try Model.load("\(folder.path)/\(file)")
      #expect(try again.predict(.zeros([1, 4])).scalars() == [1, 2, 3, 4])
    }
  }

  @Test func typesOfConstantsAreKept() throws {
    for dtype in DType.allCases {
      let constant = Tensor([1, 0, 1], shape: [1, 3], dtype: dtype)
      let again = try Tensor(serialized: written(constant), of: "constant")
      #expect(again.dtype == dtype && again.shape == [1, 3])
      #expect(try again.buffer().doubles() == [1, 0, 1])
    }
    let large = Tensor([Int64.max, Int64.min + 1])
    #expect(try Tensor(serialized: written(large), of: "constant").scalars(as: Int64.self) == [.max, .min + 1])
    let odd = Tensor([Float.nan, .infinity, -.infinity, -0.0])
    let text = try JSONValue(parsing: Array(written(odd).serialized().utf8), name: "JSON")
    let numbers = try Tensor(serialized: text, of: "constant").scalars()
    #expect(numbers[0].isNaN && numbers[1] == .infinity && numbers[2] == -.infinity && numbers[3].sign == .minus)
    #expect(throws: KerasError.self) {
      try Tensor(serialized: ["class_name": "__tensor__", "config": ["value": [1], "dtype": "complex64"]], of: "x")
    }
  }

  private func written(_ tensor: Tensor) throws -> JSONValue {
    let buffer = try tensor.buffer()
    return [
      "class_name": "__tensor__",
      "config": ["value": buffer.nested, "dtype": .string(buffer.type.dtype.rawValue)],
    ]
  }

  /// Keras asks the first input of such a layer whether it is sparse, and a constant cannot say.
  @Test func whatKerasCannotOpenIsNotWritten() throws {
    let x = Input(2)
    let model = try Model(inputs: x, outputs: Add(name: "sum")([.ones([1, 2]), x]))
    #expect(try model.predict(.zeros([1, 2])).scalars() == [1, 1])
    let folder = try TemporaryFolder()
    for file in ["model.keras", "model.h5"] {
      let error = #expect(throws: KerasError.self) { try model.save("\(folder.path)/\(file)") }
      #expect(error?.description.contains("sum") == true)
    }
  }

  /// The numbers of Keras: 523 of 1000 are dropped where nobody says otherwise, none in `predict`.
  @Test func modesOfCallsCountWhereAStepHasNone() throws {
    let x = Input(1000)
    let model = try Model(inputs: x, outputs: Dropout(0.5, seed: 1)(x, training: true))
    let folder = try TemporaryFolder()
    try model.save("\(folder.path)/model.keras")
    let outer = try Model(inputs: x, outputs: model(x, training: true))
    for model in [model, try Model.load("\(folder.path)/model.keras"), outer] {
      #expect(try dropped(model(.ones([1, 1000]))) > 300)
      #expect(try dropped(model(.ones([1, 1000]), training: false)) == 0)
      #expect(try dropped(model.predict(.ones([1, 1000]))) == 0)
      #expect(model.toJSON().contains("\"training\": true"))
    }
    let plain = try Model(inputs: x, outputs: Dropout(0.5)(x, training: false))
    #expect(try dropped(plain(.ones([1, 1000]))) == 0)
    #expect(try dropped(plain(.ones([1, 1000]), training: true)) > 300)
  }

  private func dropped(_ tensor: Tensor) throws -> Int { try tensor.scalars().count { $0 == 0 } }

  /// A layer's mode is that of the layers inside.
  final class Inner: Layer, @unchecked Sendable {
    let dropout = Dropout(0.5)
    override var sublayers: [(attribute: String, layer: Layer)] { [("dropout", dropout)] }
    override func call(_ input: Tensor, _ context: CallContext) -> Tensor { dropout(input) }
  }

  @Test func layersInsideAreInTheModeOfTheCall() throws {
    let x = Input(1000)
    let model = try Model(inputs: x, outputs: Inner()(x, training: true))
    #expect(try dropped(model(.ones([1, 1000]))) > 300)
    #expect(try dropped(model(.ones([1, 1000]), training: false)) == 0)
  }

  /// A call on constants alone inside another layer's call reads the weights of each step.
  final class Positions: Layer, @unchecked Sendable {
    let table = Embedding(4, 3)
    override var sublayers: [(attribute: String, layer: Layer)] { [("table", table)] }
    override func call(_ input: Tensor, _ context: CallContext) -> Tensor { input + table(Tensor.arange(0, 4)) }
  }

  @Test func layersOnConstantsTrain() throws {
    let layer = Positions()
    let x = Input(4, 3)
    let model = try Model(inputs: x, outputs: layer(x))
    try model.compile(optimizer: SGD(learningRate: 1), loss: .meanSquaredError)
    _ = try model.predict(.zeros([2, 4, 3]))
    try model.fit(.zeros([2, 4, 3]), Tensor.ones([2, 4, 3]) * 2, epochs: 60, verbose: 0)
    for value in try model.predict(.zeros([1, 4, 3])).scalars() { #expect(abs(value - 2) < 1e-2) }
  }

  @Test func callsOfConstantsAloneAreRefused() throws {
    let description: JSONValue = [
      "class_name": "Functional", "keras_version": "3.15.1",
      "config": [
        "name": "model", "input_layers": [["x", 0, 0]], "output_layers": [["dense", 0, 0]],
        "layers": [
          [
            "class_name": "InputLayer", "name": "x", "config": ["batch_shape": [nil, 2], "name": "x"],
            "inbound_nodes": [],
          ],
          [
            "class_name": "Dense", "name": "dense", "config": ["units": 2, "name": "dense"],
            "inbound_nodes": [
              [
                "args": [["class_name": "__tensor__", "config": ["value": [[1, 2]], "dtype": "float32"]]],
                "kwargs": [:],
              ]
            ],
          ],
        ],
      ],
    ]
    let error = #expect(throws: KerasError.self) { try Model.fromJSON(description.serialized()) }
    #expect(error?.description.contains("dense") == true)
  }

  /// What Keras 3 has no form for computes, and is refused as a file.
  @Test func extentsOfDataAreNotWritten() throws {
    let description: JSONValue = [
      "class_name": "Functional", "keras_version": "2.15.0",
      "config": [
        "name": "model", "input_layers": [["x", 0, 0]], "output_layers": [["tf.fill", 0, 0]],
        "layers": [
          [
            "class_name": "InputLayer", "name": "x", "config": ["batch_input_shape": [nil, 2], "name": "x"],
            "inbound_nodes": [],
          ],
          [
            "class_name": "TFOpLambda", "name": "tf.shape", "config": ["function": "compat.v1.shape"],
            "inbound_nodes": [["x", 0, 0, [:]]],
          ],
          [
            "class_name": "TFOpLambda", "name": "tf.fill", "config": ["function": "fill"],
            "inbound_nodes": [["tf.shape", 0, 0, ["value": 3.0]]],
          ],
        ],
      ],
    ]
    let model = try Model.fromJSON(description.serialized())
    #expect(model.outputs[0].partialShape == [nil, 2])
    #expect(try model.predict(.zeros([3, 2])).scalars() == [3, 3, 3, 3, 3, 3])
    let folder = try TemporaryFolder()
    #expect(throws: KerasError.self) { try model.save("\(folder.path)/model.keras") }
  }

  /// Keras 3.15.1 on TensorFlow: the model of `keras.ops.bincount(x, minlength=6)` for [1, 2, 2, 3] and [0, 0, 1, 1].
  @Test func countsInModels() throws {
    let x = Input(4, dtype: .int32)
    let model = try Model(inputs: x, outputs: x.bincount(minLength: 6))
    let folder = try TemporaryFolder()
    try model.save("\(folder.path)/model.keras")
    for model in [model, try Model.load("\(folder.path)/model.keras")] {
      let rows = Tensor([1, 2, 2, 3, 0, 0, 1, 1] as [Int32], shape: [2, 4])
      #expect(try model.predict(rows).scalars() == [0, 1, 2, 1, 0, 0, 2, 2, 0, 0, 0, 0])
      // There Keras gives ten counts.
      let tooLarge = Tensor([1, 2, 2, 9] as [Int32], shape: [1, 4])
      #expect(try model.predict(tooLarge).scalars() == [-1, -1, -1, -1, -1, -1])
    }
    #expect(throws: KerasError.self) { try Model(inputs: x, outputs: x.bincount()) }
    let weighted = x.bincount(weights: Tensor([0.5, 1, 2, 4] as [Float]), minLength: 4)
    let sums = try Model(inputs: x, outputs: weighted)
    #expect(try sums.predict(Tensor([1, 2, 2, 3] as [Int32], shape: [1, 4])).scalars() == [0, 0.5, 3, 4])
  }

  @Test func elementsAreCounted() throws {
    let x = Input(4, 3)
    let count = try OperationRegistry.make("Size", name: "size", config: [:])(x)
    let model = try Model(inputs: x, outputs: x * count.asType(.float32))
    #expect(try model.predict(.ones([2, 4, 3])).scalars().allSatisfy { $0 == 24 })
  }

  @Test func batchesTooLargeToFillUpAreRefused() throws {
    let x = InputLayer(batchShape: [1 << 40, 2], dtype: .float32).output
    let model = try Model(inputs: x, outputs: x * 2)
    #expect(throws: KerasError.self) { try model.predict(.ones([2, 2])) }
  }
}
