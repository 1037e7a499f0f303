import Keras
import ModelFiles
import Testing

/// `keras evaluate`
@Suite struct EvaluateTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// y = 2x against 3 and 5 for x = 1 and 2: squared errors 1 and 1, absolute errors 1 and 1.
  private func linear(compiled: Bool) throws -> String {
    let x = Input(1)
    let model = try Model(inputs: x, outputs: Dense(1, useBias: false, kernelInitializer: Constant(2))(x))
    if compiled { try model.compile(optimizer: SGD(), loss: .meanSquaredError) }
    try model.save(folder.file("linear.keras"))
    return folder.file("linear.keras")
  }

  private func data(_ targets: [Float]) throws -> String {
    try folder.archive(
      "xy.npz", [("x", ArrayData([1, 2] as [Int32], shape: [2, 1])), ("y", ArrayData(targets, shape: [2]))])
  }

  @Test func theFilesLossAndMetrics() throws {
    let output = try expectSuccess("evaluate", linear(compiled: true), "--data", data([3, 5]))
    #expect(output == "loss: 1.0\n")
  }

  @Test func optionsReplaceThem() throws {
    let output = try expectSuccess(
      "evaluate", linear(compiled: false), "--data", data([3, 7]), "--loss", "mse", "--metrics", "mae")
    #expect(output == "loss: 5.0\nmae: 2.0\n")
    let json = try expectSuccess(
      "evaluate", linear(compiled: true), "--data", data([3, 7]), "--metrics", "mae,MeanSquaredError", "--json")
    #expect(json == #"{"loss": 5.0, "mae": 2.0, "MeanSquaredError": 5.0}"# + "\n")
  }

  @Test func targetsOfAnotherRank() throws {
    let x = Input(1)
    try Model(inputs: x, outputs: Dense(2)(x)).save(folder.file("two.keras"))
    try expectFailure(
      "evaluate", folder.file("two.keras"), "--data", data([1, 2]), "--loss", "mse",
      saying: ["targets of shape (2,)", "(None, 2)"])
  }

  @Test func namesMayStandApart() throws {
    let output = try expectSuccess(
      "evaluate", linear(compiled: true), "--data", data([3, 7]), "--metrics", "mae, mse")
    #expect(output == "loss: 5.0\nmae: 2.0\nmse: 5.0\n")
  }

  /// Class 0: one hit, one false alarm; class 1: two hits, one miss.
  @Test func metricsOfEachClass() throws {
    let x = Input(2)
    let model = try Model(inputs: x, outputs: x * 1)
    try model.save(folder.file("scores.keras"))
    let xy = try folder.archive(
      "scores.npz",
      [
        ("x", ArrayData([1, 0, 1, 0, 0, 1, 0, 1] as [Float], shape: [4, 2])),
        ("y", ArrayData([1, 0, 0, 1, 0, 1, 0, 1] as [Float], shape: [4, 2])),
      ])
    let options = ["evaluate", folder.file("scores.keras"), "--data", xy, "--loss", "mse", "--metrics", "F1Score,mae"]
    let lines = try Command(options).output.split(separator: "\n")
    #expect(lines.map { String($0.prefix { $0 != ":" }) } == ["loss", "F1Score[0]", "F1Score[1]", "mae"])
    let json = try JSONValue(parsing: Array(Command(options + ["--json"]).output.utf8), name: "output")
    let scores = json["F1Score"]?.array?.compactMap(\.double) ?? []
    #expect(scores.count == 2 && abs(scores[0] - 2.0 / 3) < 1e-5 && abs(scores[1] - 0.8) < 1e-5, "\(json)")
  }

  @Test func withoutALoss() throws {
    try expectFailure("evaluate", linear(compiled: false), "--data", data([3, 5]), saying: ["says no loss", "--loss"])
  }
}
