import Keras
import ModelFiles
import Testing

/// What could not be taken over from a file is told on standard error, and the work is done.
@Suite struct WarningTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func expectWarning(_ arguments: String..., saying parts: [String]) throws -> String {
    let command = try Command(arguments)
    #expect(command.status == 0, "\(command.errors)")
    let lines = command.errors.split(separator: "\n")
    #expect(lines.count == 1 && lines.allSatisfy { $0.hasPrefix("warning: ") }, "\(command.errors)")
    for part in parts { #expect(command.errors.contains(part), "\(command.errors)") }
    return command.output
  }

  private func data() throws -> String {
    try folder.archive(
      "xy.npz",
      [("x", ArrayData([1, 2] as [Float], shape: [1, 2])), ("y", ArrayData([1] as [Float], shape: [1, 1]))])
  }

  private func trained() throws -> Model {
    let model = Sequential {
      Input(2)
      Dense(2, name: "dense")
      Dense(1, name: "last")
    }
    try model.compile(optimizer: Adam(), loss: .meanSquaredError)
    try model.fit(Tensor.ones([4, 2]), Tensor.ones([4, 1]), epochs: 1, verbose: 0)
    return model
  }

  @Test func anOptimizersStateThatDoesNotFit() throws {
    let model = try trained()
    model.layers[0].trainable = false
    let path = folder.file("frozen.keras")
    try model.save(path)
    let (xy, out) = (try data(), folder.file("out.npz"))
    let told = ["frozen.keras", "adam", "not loaded"]
    #expect(try expectWarning("summary", path, saying: told).hasPrefix("Model: "))
    #expect(try expectWarning("predict", path, "--input", xy, "--output", out, saying: told).isEmpty)
    #expect(try expectWarning("evaluate", path, "--data", xy, saying: told).hasPrefix("loss: "))
    let again = folder.file("again.keras")
    #expect(try expectWarning("convert", path, again, saying: told).isEmpty)
    try expectSuccess("summary", again)
    #expect(try expectWarning("fit", path, "--data", xy, "--output", again, saying: told).isEmpty)
  }

  @Test func anArchitectureAlone() throws {
    let json = folder.file("m.json")
    try trained().save(folder.file("m.keras"))
    try expectSuccess("convert", folder.file("m.keras"), json)
    #expect(
      try expectWarning("evaluate", json, "--data", data(), saying: ["m.json", "no weights"]).hasPrefix("loss: "))
    try expectSuccess("convert", json, folder.file("again.json"))
  }

  /// A loss of the program that made the file keeps nobody from predicting.
  @Test func aLossThatIsNotKnown() throws {
    let path = folder.file("trained.keras")
    try trained().save(path)
    let zip = try ZipArchive(ByteSource(path: path))
    let config = String(decoding: try zip.contents(of: "config.json").bytes(), as: UTF8.self)
    let changed = folder.file("changed.keras")
    try AtomicFile.write(to: changed) { file throws(ModelFileError) in
      let writer = ZipWriter(file)
      for member in zip.members {
        let contents = try zip.contents(of: member.name).bytes()
        let isConfig = member.name == "config.json"
        try writer.add(
          member.name, isConfig ? Array(config.replacing("MeanSquaredError", with: "HomeMade").utf8) : contents)
      }
      try writer.finish()
    }
    let (xy, out) = (try data(), folder.file("out.npz"))
    #expect(try expectWarning("predict", changed, "--input", xy, "--output", out, saying: ["HomeMade"]).isEmpty)
    #expect(try expectWarning("evaluate", changed, "--data", xy, "--loss", "mse", saying: ["HomeMade"]) != "")
    let command = try Command("evaluate", changed, "--data", xy)
    #expect(command.status == 1 && command.errors.contains("HomeMade") && command.errors.contains("--loss"))
  }

  @Test func weightsThatAreLeftOut() throws {
    let path = folder.file("trained.keras")
    try trained().save(path)
    let wider = folder.file("wider.keras")
    let other = Sequential {
      Input(2)
      Dense(2, name: "dense")
      Dense(3, name: "head")
    }
    try other.save(wider)
    let out = folder.file("out.keras")
    try expectFailure("convert", path, out, "--architecture", wider, saying: ["does not fit the model"])
    let told = ["not in the file: head/kernel", "not in the model"]
    #expect(try expectWarning("convert", path, out, "--architecture", wider, "--by-name", saying: told).isEmpty)
    #expect(
      try expectWarning("convert", path, out, "--architecture", wider, "--skip-mismatch", saying: ["of another shape"])
        .isEmpty)
    try expectFailure("convert", path, out, "--by-name", status: 64, saying: ["--architecture"])
  }
}
