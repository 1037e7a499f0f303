import ModelFiles
import Testing

@testable import Keras

/// Models in which masks arise, pass through layers and are taken off, against real Keras: outputs, their masks and two
/// steps of training, in which the masks count in the losses.
@Suite struct MaskFixtureTests {
  static let cases = (try? FixtureFamily("masks", folder: "graphs").cases) ?? []

  @Test func casesAreThere() { #expect(!Self.cases.isEmpty) }

  @Test(arguments: cases)
  func model(_ fixture: FixtureCase) throws {
    let description = try #require(fixture.manifest["model"])
    try Self.expectAgreement(of: Model.fromJSON(description.serialized()), fixture)
  }

  /// The same models as a program makes them, without the masks that Keras writes into calls.
  @Test(arguments: cases)
  func modelOfAProgram(_ fixture: FixtureCase) throws {
    let description = try #require(fixture.manifest["model"])
    try Self.expectAgreement(of: Model.fromJSON(Self.withoutMaskArguments(description).serialized()), fixture)
  }

  private static func expectAgreement(of model: Model, _ fixture: FixtureCase) throws {
    try model.setWeights(fixture.tensors("weight"))
    let input = try #require(try fixture.tensor("input"))
    let outputs = model.apply(CallArguments([.tensor(input)]))
    let expected = try fixture.tensors("output")
    #expect(outputs.count == expected.count)
    for (index, (output, value)) in zip(outputs, expected).enumerated() {
      try expectClose(output, value, "output \(index)")
      let mask = try fixture.tensor("output_mask/\(index)")
      #expect((output.mask != nil) == (mask != nil), "the mask of output \(index)")
      if let mask, let actual = output.mask { try expectClose(actual, mask, "the mask of output \(index)") }
    }
    let targets = try fixture.tensors("target")
    try model.compile(
      optimizer: SGD(learningRate: 0.05), losses: targets.map { _ in MeanSquaredError() as any Loss })
    for loss in try #require(fixture.manifest["losses"]?.array).compactMap(\.double) {
      let actual = try #require(try model.trainOnBatch([input], targets)["loss"])
      #expect(abs(actual - loss) <= 1e-4 * max(1, abs(loss)), "loss \(actual), expected \(loss)")
    }
    for (weight, value) in zip(model.weights, try fixture.tensors("trained")) {
      try expectClose(weight.value, value, "trained \(weight.path)")
    }
  }

  /// A model's description without the operations that compute masks where they are only arguments of calls.
  private static func withoutMaskArguments(_ value: JSONValue) -> JSONValue {
    if let items = value.array {
      return .array(items.map(withoutMaskArguments))
    }
    guard let object = value.object else { return value }
    var result: JSONObject = [:]
    // Keras writes `training` beside a mask, though no program has said so.
    let isCall = object["mask"]?["class_name"] == "__keras_tensor__"
    for (key, member) in object where !isCall || (key != "mask" && key != "training") {
      result[key] = withoutMaskArguments(member)
    }
    return .object(result)
  }
}
