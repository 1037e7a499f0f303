import Testing

@testable import Keras

/// What does not fit is a typed error that names layer or argument and both shapes.
@Suite struct BadInputTests {
  private func model() throws -> Sequential {
    let model = Sequential {
      Input(4, name: "features")
      Dense(3, activation: .softmax, name: "scores")
    }
    try model.compile(loss: .sparseCategoricalCrossentropy)
    return model
  }

  private func error(_ body: () throws -> Void) -> KerasError? {
    do {
      try body()
      return nil
    } catch {
      return error as? KerasError
    }
  }

  private func expect(
    _ kind: KerasError.Kind, _ words: [String], sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) {
    guard let error = error(body) else {
      Issue.record("no KerasError was thrown", sourceLocation: sourceLocation)
      return
    }
    #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
    for word in words {
      #expect("\(error)".contains(word), "\(error) does not say \(word)", sourceLocation: sourceLocation)
    }
  }

  @Test func wrongFeatureShape() throws {
    let model = try model()
    expect(.incompatibleShape, ["features", "(4,)", "(5,)"]) {
      try model.fit(.ones([2, 5]), Tensor([0, 1] as [Int32]), verbose: 0)
    }
    expect(.incompatibleShape, ["features", "(4,)"]) { _ = try model.predict(.ones([2, 3, 4])) }
  }

  @Test func labelsOutOfRange() throws {
    let model = try model()
    expect(.invalidData, ["y", "0 to 2", "3"]) {
      try model.fit(.ones([2, 4]), Tensor([0, 3] as [Int32]), verbose: 0)
    }
    expect(.invalidData, ["y", "-1"]) { try model.fit(.ones([2, 4]), Tensor([0, -1] as [Int32]), verbose: 0) }
  }

  @Test func labelsOfTheWrongType() throws {
    let model = try model()
    expect(.invalidData, ["y", "whole numbers", "0.5"]) {
      try model.fit(.ones([2, 4]), Tensor([0, 0.5] as [Float]), verbose: 0)
    }
    expect(.incompatibleShape, ["y", "categoricalCrossentropy"]) {
      try model.fit(.ones([2, 4]), .ones([2, 3]), verbose: 0)
    }
  }

  @Test func sampleCountsDiffer() throws {
    let model = try model()
    expect(.invalidData, ["y[0]", "3", "2"]) {
      try model.fit(.ones([3, 4]), Tensor([0, 1] as [Int32]), verbose: 0)
    }
  }

  @Test func emptyData() throws {
    let model = try model()
    expect(.invalidData, ["no samples"]) { try model.fit(.ones([0, 4]), Tensor([] as [Int32]), verbose: 0) }
    expect(.invalidData, ["no samples"]) { _ = try model.predict(.ones([0, 4])) }
  }

  @Test func layersThatDoNotFit() throws {
    let sequential = Sequential {
      Input(8, 8, 3)
      Conv2D(4, kernelSize: 9, name: "wide")
      Flatten()
    }
    expect(.incompatibleShape, ["wide", "[9, 9, 3, 4]"]) { try sequential.compile(loss: .meanSquaredError) }
    let x = Input(8)
    expect(.incompatibleShape, ["rank4", "4", "(None, 8)"]) {
      _ = try Model(inputs: x, outputs: Dense(1)(Conv2D(4, kernelSize: 3, name: "rank4")(x)))
    }
    expect(.incompatibleShape, ["[None, 8]", "[None, 5]"]) {
      _ = try Model(inputs: x, outputs: x + Dense(5)(x))
    }
  }

  @Test func badArguments() throws {
    expect(.invalidArgument, ["units", "-2", "narrow"]) {
      try Sequential([InputLayer(batchShape: [nil, 2]), Dense(-2, name: "narrow")]).compile(loss: .meanSquaredError)
    }
    expect(.invalidArgument, ["rate", "1.5"]) { try Sequential([Dropout(1.5)]).compile(loss: .meanSquaredError) }
    expect(.invalidArgument, ["strides", "dilation"]) {
      try Sequential([Conv2D(2, kernelSize: 3, strides: 2, dilationRate: 2)]).compile(loss: .meanSquaredError)
    }
    let model = try model()
    expect(.invalidArgument, ["batchSize"]) {
      try model.fit(.ones([2, 4]), Tensor([0, 1] as [Int32]), batchSize: 0, verbose: 0)
    }
    expect(.invalidArgument, ["validationSplit", "1.0"]) {
      try model.fit(.ones([2, 4]), Tensor([0, 1] as [Int32]), verbose: 0, validationSplit: 1)
    }
  }

  @Test func useBeforeCompile() throws {
    let model = Sequential([Dense(1)])
    expect(.notReady, ["compile"]) { try model.fit(.ones([2, 4]), .ones([2, 1]), verbose: 0) }
  }

  @Test func sharedNames() throws {
    let x = Input(2)
    expect(.invalidModel, ["twin"]) {
      _ = try Model(inputs: x, outputs: Dense(2, name: "twin")(Dense(2, name: "twin")(x)))
    }
  }

  @Test func disconnectedOutput() throws {
    let (x, other) = (Input(2), Input(2, name: "elsewhere"))
    expect(.invalidModel, ["elsewhere"]) { _ = try Model(inputs: x, outputs: Dense(1)(other)) }
  }

  @Test func tensorsThatDoNotFit() throws {
    expect(.incompatibleShape, ["[2]", "[3]"]) {
      _ = try (Tensor([1, 2] as [Float]) + Tensor([1, 2, 3] as [Float])).scalars()
    }
    expect(.incompatibleShape, ["[2, 2]", "3"]) { _ = try Tensor([1, 2, 3] as [Float], shape: [2, 2]).scalars() }
    expect(.incompatibleShape, ["axis 5"]) { _ = try Tensor([1, 2] as [Float]).sum(axis: [5]).scalars() }
    expect(.notReady, ["not computed"]) { _ = try Input(2).scalars() }
  }

  @Test func missingBatchAxis() throws {
    let model = try model()
    expect(.incompatibleShape, ["(None, 4)", "(4,)", "a first axis of 1"]) {
      _ = try model(.ones([4])).scalars()
    }
    expect(.incompatibleShape, ["features", "[4]", "a first axis of 1"]) {
      _ = try model.predict(.ones([4]))
    }
  }

  @Test func summaryOfABrokenModel() throws {
    let model = Sequential {
      Input(4)
      Dense(3)
      Reshape([7])
    }
    let error = try #require(model.deferredError)
    #expect(model.summary().contains("Cannot be used: \(error)"))
    #expect(try !self.model().summary().contains("Cannot be used"))
    final class Holder: Model, @unchecked Sendable { let dense = Dense(-1) }
    #expect(Holder().summary().contains("units"))
  }

  /// The first argument may go without its name where Python's may.
  @Test func argumentsByPosition() throws {
    let image = Input(8, 8, 3)
    let pooled = MaxPooling2D(2)(Rescaling(1 / 255.0)(image))
    #expect(pooled.partialShape == [nil, 4, 4, 3])
    #expect(UpSampling2D(3)(Concatenate(-1)([pooled, pooled])).partialShape == [nil, 12, 12, 6])
    #expect(Resizing(5, 6)(image).partialShape == [nil, 5, 6, 3])
    #expect(MaxPooling2D().poolSize == [2, 2])
    let text = Input(5, 4)
    #expect(MultiHeadAttention(2, 4)(text, text).partialShape == [nil, 5, 4])
    #expect(LeakyReLU(0.2).config["negative_slope"] == 0.2)
    #expect(ReLU(6).config["max_value"]?.double == 6)
    #expect(GroupNormalization(2).config["groups"] == 2)
    #expect(BatchNormalization(1).config["axis"] == 1)
  }
}
