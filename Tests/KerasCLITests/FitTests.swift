import Keras
import ModelFiles
import Testing

/// `keras fit`
@Suite struct FitTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func weights(_ path: String) throws -> [ArrayData] {
    try Model.load(path).weights.map { try $0.value.arrayData() }
  }

  /// Three epochs of one step each, as Keras trained the fixture.
  @Test(arguments: ["sequential_cnn", "functional_multi", "nested_shared", "recurrent_text", "scheduled"])
  func equalsKeras(_ name: String) throws {
    let fixture = try ModelFixture("\(name).keras")
    let xy = try folder.archive("xy.npz", fixture.named(targets: true))
    let out = folder.file("out.keras")
    let output = try expectSuccess(
      "fit", fixture.path, "--data", xy, "--output", out, "--epochs", "3", "--batch-size", "64", "--no-shuffle")
    #expect(output.isEmpty)
    for (index, (actual, expected)) in try zip(weights(out), fixture.arrays("trained")).enumerated() {
      let actual = try ArrayData(elementType: actual.elementType, shape: expected.shape, bytes: actual.bytes)
      try expectClose(actual, expected, "\(name) weight \(index)")
    }
  }

  /// One SGD step of a linear model, by hand: y = w·x + b, loss (y − t)².
  @Test func optionsReplaceTheFiles() throws {
    let x = Input(1)
    let model = try Model(inputs: x, outputs: Dense(1, kernelInitializer: .ones)(x))
    try model.save(folder.file("linear.keras"))
    let xy = try folder.archive(
      "xy.npz", [("x", ArrayData([2] as [Float], shape: [1, 1])), ("y", ArrayData([5] as [Int64], shape: [1]))])
    let out = folder.file("out.keras")
    try expectSuccess(
      "fit", folder.file("linear.keras"), "--data", xy, "--output", out, "--optimizer", "sgd", "--learning-rate",
      "0.05", "--loss", "mean_squared_error")
    // Gradient of w: 2 (2 − 5) 2 = −12; of b: −6.
    try expectClose(try weights(out)[0], ArrayData([1.6] as [Float], shape: [1, 1]))
    try expectClose(try weights(out)[1], ArrayData([0.3] as [Float], shape: [1]))
    // The file now says how; its rate alone changes.
    let again = folder.file("again.keras")
    try expectSuccess("fit", out, "--data", xy, "--output", again, "--learning-rate", "0")
    try expectClose(try weights(again)[0], ArrayData([1.6] as [Float], shape: [1, 1]))
  }

  @Test func sampleWeightsCount() throws {
    let x = Input(1)
    let model = try Model(inputs: x, outputs: Dense(1, useBias: false, kernelInitializer: .ones)(x))
    try model.compile(optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError)
    try model.save(folder.file("linear.keras"))
    let out = folder.file("out.keras")
    let xy = try folder.archive(
      "xy.npz",
      [
        ("x", ArrayData([1, 1] as [Float], shape: [2, 1])), ("y", ArrayData([2, 100] as [Float], shape: [2, 1])),
        ("sample_weight", ArrayData([1, 0] as [Double], shape: [2, 1])),
      ])
    try expectSuccess("fit", folder.file("linear.keras"), "--data", xy, "--output", out)
    try expectClose(try weights(out)[0], ArrayData([1.1] as [Float], shape: [1, 1]))
  }

  @Test func equalSeedsRepeatBitForBit() throws {
    let fixture = try ModelFixture("dropouts.keras")
    let xy = try folder.archive("xy.npz", fixture.named(targets: true))
    func trained(_ seed: String, _ name: String) throws -> [ArrayData] {
      try expectSuccess(
        "fit", fixture.path, "--data", xy, "--output", folder.file(name), "--seed", seed, "--epochs", "3",
        "--batch-size", "1", "--loss", "mse")
      return try weights(folder.file(name))
    }
    let first = try trained("1", "a.keras")
    #expect(try trained("1", "b.keras") == first)
    #expect(try trained("2", "c.keras") != first)
  }

  @Test func historyIsWritten() throws {
    let fixture = try ModelFixture("sequential_cnn.keras")
    let xy = try folder.archive("xy.npz", fixture.named(targets: true))
    func fit(_ history: String) throws {
      try expectSuccess(
        "fit", fixture.path, "--data", xy, "--output", folder.file("out.keras"), "--epochs", "2", "--history",
        folder.file(history), "--validation-split", "0.5", "--metrics", "accuracy,sparse_top_k_categorical_accuracy")
    }
    try fit("log.json")
    let json = try JSONValue(parsing: ByteSource(path: folder.file("log.json")).bytes(), name: "log.json")
    let metrics = ["loss", "accuracy", "sparse_top_k_categorical_accuracy"]
    let names = metrics + metrics.map { "val_\($0)" }
    #expect(json.object?.keys == names)
    #expect(json["val_loss"]?.array?.count == 2)
    try fit("log.csv")
    let lines = try String(decoding: ByteSource(path: folder.file("log.csv")).bytes(), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 3 && lines[0] == "epoch,loss," + names.dropFirst().joined(separator: ","))
  }

  @Test func tablesHoldTargetsFirst() throws {
    let x = Input(2)
    let model = try Model(inputs: x, outputs: Dense(1, useBias: false, kernelInitializer: .zeros)(x))
    try model.compile(optimizer: SGD(learningRate: 0.5), loss: .meanSquaredError)
    try model.save(folder.file("linear.keras"))
    let xy = try folder.file("xy.csv", "target,a,b\n3,1,0\n")
    try expectSuccess("fit", folder.file("linear.keras"), "--data", xy, "--output", folder.file("out.keras"))
    try expectClose(try weights(folder.file("out.keras"))[0], ArrayData([3, 0] as [Float], shape: [2, 1]))
  }

  @Test func whatCannotBeTrained() throws {
    let plain = try ModelFixture("not_compiled.keras")
    let scheduled = try ModelFixture("scheduled.keras")
    let plainData = try folder.archive("plain.npz", plain.named())
    let targets = try ArrayData([Float](repeating: 0, count: 3), shape: [3, 1])
    let short = try folder.archive("short.npz", plain.named() + [("y", targets)])
    let data = try folder.archive("xy.npz", scheduled.named(targets: true))
    let out = folder.file("out.keras")
    func fail(_ model: ModelFixture, _ data: String, _ options: String..., saying parts: [String]) throws {
      let command = try Command(["fit", model.path, "--data", data, "--output", out] + options)
      #expect(command.status == 1 && command.output.isEmpty)
      for part in parts { #expect(command.errors.contains(part), "\(command.errors)") }
    }
    try fail(plain, plainData, "--loss", "mse", saying: ["an array named y", "found x"])
    try fail(plain, short, "--loss", "mse", saying: ["as many samples"])
    try fail(scheduled, data, "--learning-rate", "0.1", saying: ["schedule", "--optimizer"])
    try fail(scheduled, data, "--optimizer", "sdg", saying: ["sdg", "SGD"])
    try fail(scheduled, data, "--loss", "msee", saying: ["did you mean msle, mse?"])
    try fail(scheduled, data, "--metrics", "acuracy", saying: ["did you mean accuracy"])
    #expect(try folder.contents().contains("out.keras") == false)
  }

  @Test func outputsAreCheckedBeforeTraining() throws {
    let fixture = try ModelFixture("sequential_cnn.keras")
    let xy = try folder.archive("xy.npz", fixture.named(targets: true))
    func fail(_ options: String..., saying parts: [String]) throws {
      let command = try Command(["fit", fixture.path, "--data", xy, "--verbose"] + options)
      #expect(command.status == 1 && command.output.isEmpty)
      for part in parts { #expect(command.errors.contains(part), "\(command.errors)") }
    }
    let out = folder.file("out.keras")
    try fail("--output", folder.file("out.weights.h5"), saying: ["ends in .keras or .h5"])
    try fail("--output", folder.file("nowhere/out.keras"), saying: ["nowhere/out.keras", "No such file"])
    try fail("--output", out, "--history", folder.file("log.txt"), saying: ["ends in .csv or .json"])
    try fail("--output", out, "--history", folder.file("nowhere/log.csv"), saying: ["nowhere/log.csv"])
  }

  @Test func aFileThatSaysNothingNeedsALoss() throws {
    let fixture = try ModelFixture("not_compiled.keras")
    let output = try fixture.arrays("output")[0]
    let xy = try folder.archive("xy.npz", fixture.named() + [("y", output)])
    let out = folder.file("out.keras")
    try expectFailure("fit", fixture.path, "--data", xy, "--output", out, saying: ["says no loss", "--loss"])
    try expectSuccess("fit", fixture.path, "--data", xy, "--output", out, "--loss", "mse")
    #expect(try Model.load(out).compilation?.optimizer is RMSprop)
  }
}
