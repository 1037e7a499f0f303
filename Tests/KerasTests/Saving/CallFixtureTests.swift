import Graph
import ModelFiles
import Testing

@testable import Keras

/// Calls in functional models as files hold them: constants among the arguments, `training`, functions of TensorFlow.
@Suite struct CallFixtureTests {
  /// Keras 3 goes by the mode of a step; a call's own counts where there is none. In Keras 2 a call's own always counts.
  @Test(arguments: ["calls", "keras2_calls"])
  func callsComputeAsInKeras(_ name: String) throws {
    let family = try FixtureFamily(name, folder: "calls")
    #expect(family.cases.count > 20)
    for fixture in family.cases {
      do {
        let json = try #require(fixture.manifest["json"])
        let model = try weighted(fixture, json.serialized())
        try compare(model, fixture)
        // What is written says the same.
        try compare(weighted(fixture, model.toJSON()), fixture)
      } catch {
        Issue.record("\(fixture.name): \(error)")
      }
    }
  }

  private func weighted(_ fixture: FixtureCase, _ json: String) throws -> Model {
    let model = try Model.fromJSON(json)
    let weights = try fixture.tensors("weight")
    #expect(model.weights.count == weights.count, "\(fixture.name): number of weights")
    for (variable, weight) in zip(model.weights, weights) { try variable.assign(weight) }
    return model
  }

  private func compare(_ model: Model, _ fixture: FixtureCase) throws {
    let inputs = try fixture.tensors("input")
    let batch = try #require(inputs.first).shape[0]
    try compare(model.predict(inputs, batchSize: batch), fixture, "predicted")
    let arguments = CallArguments([inputs.count == 1 ? .tensor(inputs[0]) : .list(inputs.map(Argument.tensor))])
    try compare(model.apply(arguments), fixture, "called")
    try compare(model.apply(arguments, training: true), fixture, "trained")
  }

  private func compare(_ outputs: [Tensor], _ fixture: FixtureCase, _ role: String) throws {
    let expected = try fixture.tensors(role)
    #expect(outputs.count == expected.count, "\(fixture.name): number of outputs")
    for (output, expected) in zip(outputs, expected) {
      let closeness = try Closeness(output.asType(.float32), expected)
      #expect(closeness.worst <= 1, "\(fixture.name), \(role): \(closeness.description)")
    }
  }

  /// Numbers of `tf_keras`, from the layers that it wrote.
  @Test func functionsOfTensorFlow() throws {
    let family = try FixtureFamily("tensorflow_calls", folder: "calls")
    #expect(family.cases.count > 350)
    for fixture in family.cases {
      do {
        let inputs = try fixture.tensors("input")
        let model = try Model.fromJSON(description(fixture, inputs).serialized())
        let outputs = try model.predict(inputs, batchSize: inputs[0].shape[0])
        let expected = try fixture.tensors("output")
        #expect(outputs.count == expected.count, "\(fixture.name): number of outputs")
        for (output, expected) in zip(outputs, expected) {
          let type = expected.dtype == output.dtype || output.dtype == .float16
          #expect(type, "\(fixture.name): \(output.dtype), expected \(expected.dtype)")
          let closeness = try Closeness(output.asType(expected.dtype), expected)
          #expect(closeness.worst <= 1, "\(fixture.name): \(closeness.description)")
        }
      } catch {
        Issue.record("\(fixture.name): \(error)")
      }
    }
  }

  /// A model of Keras 2 between inputs and outputs of the fixture.
  private func description(_ fixture: FixtureCase, _ inputs: [Tensor]) throws -> JSONValue {
    let names = (fixture.manifest["inputs"]?.array ?? []).compactMap(\.string)
    let inputLayers = zip(names, inputs).map { name, tensor -> JSONValue in
      let shape: [Int?] = [nil] + tensor.shape.dimensions.dropFirst().map { $0 }
      return [
        "class_name": "InputLayer", "name": .string(name), "inbound_nodes": [],
        "config": [
          "batch_input_shape": JSONValue(shape), "dtype": .string(tensor.dtype.rawValue), "name": .string(name),
        ],
      ]
    }
    return [
      "class_name": "Functional", "keras_version": "2.15.0",
      "config": [
        "name": "model", "layers": .array(inputLayers + (fixture.manifest["layers"]?.array ?? [])),
        "input_layers": .array(names.map { [.string($0), 0, 0] }),
        "output_layers": fixture.manifest["outputs"] ?? nil,
      ],
    ]
  }
}
