import ModelFiles
import Testing

@testable import Keras

/// Calls of a functional model stand in a file in any order.
@Suite struct FunctionalReaderTests {
  private func call(_ inputs: [String]) -> JSONValue {
    let tensors = inputs.map { name -> JSONValue in
      [
        "class_name": "__keras_tensor__",
        "config": ["shape": [nil, 2], "dtype": "float32", "keras_history": [.string(name), 0, 0]],
      ]
    }
    return ["args": [tensors.count == 1 ? tensors[0] : .array(tensors)], "kwargs": [:]]
  }

  private func layer(_ className: String, _ name: String, _ config: Config, _ inputs: [String]) -> JSONValue {
    [
      "class_name": .string(className), "name": .string(name),
      "config": .object(config.merging(["name": .string(name)])),
      "inbound_nodes": inputs.isEmpty ? [] : [call(inputs)],
    ]
  }

  private func model(_ layers: [JSONValue], output: String, call: Int = 0) throws -> Model {
    let description: JSONValue = [
      "class_name": "Functional", "keras_version": "3.15.1",
      "config": [
        "name": "model", "layers": .array(layers), "input_layers": [["x", 0, 0]],
        "output_layers": [[.string(output), .integer(Int64(call)), 0]],
      ],
    ]
    return try Model.fromJSON(description.serialized())
  }

  private var input: JSONValue { layer("InputLayer", "x", ["batch_shape": [nil, 2]], []) }

  /// A pass over all layers for each would take minutes.
  @Test func theLastMayStandFirst() throws {
    let count = 3000
    let chain = (0..<count).map { index in
      layer("Activation", "a\(index)", ["activation": "relu"], [index == 0 ? "x" : "a\(index - 1)"])
    }
    let model = try model(chain.reversed() + [input], output: "a\(count - 1)")
    #expect(model.layers.count == count + 1)
    #expect(model.layers.first?.name == "x" && model.layers.last?.name == "a\(count - 1)")
  }

  @Test func oneMayWaitForMany() throws {
    let names = (0..<1000).map { "a\($0)" }
    let parts = names.map { layer("Activation", $0, ["activation": "relu"], ["x"]) }
    let sum = layer("Add", "sum", [:], names)
    let model = try model([sum] + parts.reversed() + [input], output: "sum")
    #expect(model.layers.count == names.count + 2)
  }

  @Test(arguments: [Int.min, -1, 0, 2, Int.max])
  func outputsThatAreNotThereAreRefused(_ number: Int) throws {
    let inner: JSONValue = [
      "class_name": "Functional", "name": "inner", "inbound_nodes": [call(["x"])],
      "config": [
        "name": "inner", "layers": [input, layer("Activation", "a", ["activation": "relu"], ["x"])],
        "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]],
      ],
    ]
    #expect(try model([input, inner], output: "inner", call: 1).layers.count == 2)
    #expect(throws: KerasError.self) { try model([input, inner], output: "inner", call: number) }
  }

  @Test func whatWaitsForItselfIsRefused() {
    let a = layer("Activation", "a", ["activation": "relu"], ["b"])
    let b = layer("Activation", "b", ["activation": "relu"], ["a"])
    let error = #expect(throws: KerasError.self) { try model([a, b, input], output: "b") }
    #expect(error?.message.contains("the calls of a, b depend on") == true)
  }
}
