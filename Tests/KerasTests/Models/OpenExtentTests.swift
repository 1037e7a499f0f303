import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Layers on open extents that need more places than first stand in for these.
@Suite struct OpenExtentTests {
  struct ShapeCase: Sendable, CustomTestStringConvertible {
    let name: String
    let manifest: JSONValue
    var testDescription: String { name }
  }

  static let cases: [ShapeCase] = {
    let path = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/graphs/open_extents.json").path ?? ""
    let json = try? JSONValue(parsing: ByteSource(path: path).bytes())
    return (json?["cases"]?.array ?? []).map { ShapeCase(name: $0["name"]?.string ?? "", manifest: $0) }
  }()

  @Test func casesAreThere() { #expect(!Self.cases.isEmpty) }

  /// Every extent that Keras knows is the same here, and what is open here is open there.
  @Test(arguments: cases)
  func outputShapes(_ shapeCase: ShapeCase) throws {
    let description = try #require(shapeCase.manifest["model"])
    let model = try Model.fromJSON(description.serialized())
    let expected = try #require(shapeCase.manifest["shapes"]?.array).map { ($0.array ?? []).map(\.int) }
    try #require(model.outputs.count == expected.count)
    for (output, shape) in zip(model.outputs, expected) {
      let actual = output.partialShape
      #expect(actual.count == shape.count)
      for (found, known) in zip(actual, shape) { #expect(found == known || known == nil, "\(actual), Keras: \(shape)") }
    }
  }

  /// What is computed for real extents is what a model of these extents computes.
  @Test func cropped() throws {
    let crop = Cropping1D(5000)
    let x = Input(nil, 2)
    let model = try Model(inputs: x, outputs: crop(x))
    #expect(model.outputs[0].partialShape == [nil, nil, 2])
    let values = Tensor((0..<20_004).map(Float.init), shape: [1, 10_002, 2])
    #expect(try model.predict(values).scalars() == [10_000, 10_001, 10_002, 10_003])
    #expect(throws: KerasError.self) { try model.predict(Tensor.zeros([1, 10_000, 2])) }
  }

  // MARK: Layers of one's own

  final class Tower: Model, @unchecked Sendable {
    let stem = Conv1D(4, kernelSize: 3, padding: .same, name: "stem")
    let tail = Sequential([Cropping1D(3000), Dense(2, name: "head")], name: "tail")
    override func call(_ input: Tensor, _ context: CallContext) -> Tensor { tail(stem(input)) }
  }

  @Test func modelInsideASubclassedOne() throws {
    let tower = Tower()
    let x = Input(nil, 3)
    let model = try Model(inputs: x, outputs: tower(x))
    #expect(model.outputs[0].partialShape == [nil, nil, 2])
    #expect(tower.tail.buildInputShapes == [[nil, nil, 4]])
    #expect(try model.predict(.ones([2, 6005, 3])).shape == [2, 5, 2])
  }

  final class Flat: Layer, @unchecked Sendable {
    let flatten = Flatten()
    let dense = Dense(2, name: "dense")
    override func call(_ input: Tensor, _ context: CallContext) -> Tensor { dense(flatten(input)) }
  }

  /// A layer inside must not be built for what stands for an open extent, and an error must not tell that.
  @Test func openFeatures() throws {
    let flat = Flat()
    let error = try #require(flat(Input(nil, 4)).failure)
    #expect("\(error)".contains("dense"), "\(error)")
    #expect("\(error)".contains("None"), "\(error)")
    expectNoStandIns(error)
    #expect(flat.weights.isEmpty)
    #expect(flat(.ones([1, 3, 4])).shape == [1, 2])
  }

  final class Wrong: Layer, @unchecked Sendable {
    let kernel: Tensor
    init(_ kernel: Tensor) {
      self.kernel = kernel
      super.init(name: "wrong")
    }
    override func call(_ input: Tensor, _ context: CallContext) -> Tensor { input.matmul(kernel) }
  }

  @Test func errorsDoNotTellWhatStandsIn() throws {
    let time = Input(nil, 4)
    let image = Input(nil, nil, 3)
    let failures: [Tensor] = [
      Wrong(.ones([5, 2]))(time), Reshape([7])(Input(4)), Add()([time, Input(nil, 5)]),
      Concatenate(axis: 1)([time, Input(nil, 5)]), Dot(axes: 2)([time, Input(nil, 5)]),
      MultiHeadAttention(numHeads: 2, keyDim: 2, attentionAxes: [3])(time, time), time.reshape([3, 5]),
      time.matmul(.ones([5, 2])), image.transpose([0, 1]), Conv2D(2, kernelSize: 3, groups: 2)(image),
    ]
    for (index, tensor) in failures.enumerated() {
      let error = try #require(tensor.failure, "call \(index) of the list")
      expectNoStandIns(error)
    }
  }

  private func expectNoStandIns(_ error: KerasError, sourceLocation: SourceLocation = #_sourceLocation) {
    for number in ["89", "1013", "4099", "16411", "131101", "356", "4052"] {
      #expect(!"\(error)".contains(number), "\(error)", sourceLocation: sourceLocation)
    }
  }
}
