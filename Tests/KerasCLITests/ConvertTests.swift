import Keras
import ModelFiles
import Testing

/// `keras convert`
@Suite struct ConvertTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Expects a model's file to predict what Keras predicted.
  private func expectPredictions(_ path: String, of fixture: ModelFixture) throws {
    let x = try folder.archive("x.npz", fixture.named())
    let p = folder.file("p.npz")
    try expectSuccess("predict", path, "--input", x, "--output", p)
    let archive = try NPZFile(ByteSource(path: p))
    for (name, expected) in try zip(archive.names, fixture.arrays("output")) {
      try expectClose(archive.array(name), expected, name)
    }
  }

  @Test(arguments: ["weights.weights.h5", "weights.safetensors"], ["sequential_cnn", "functional_multi"])
  func weightsAndArchitecture(_ weights: String, _ name: String) throws {
    let fixture = try ModelFixture("\(name).keras")
    let (parts, json) = (folder.file(weights), folder.file("model.json"))
    try expectSuccess("convert", fixture.path, parts)
    try expectSuccess("convert", fixture.path, json)
    for architecture in [json, fixture.path] {
      let whole = folder.file("whole.keras")
      try expectSuccess("convert", parts, whole, "--architecture", architecture)
      try expectPredictions(whole, of: fixture)
    }
  }

  /// There and back through Keras's older format.
  @Test(arguments: ["sequential_cnn", "functional_multi", "recurrent_text"])
  func wholeModels(_ name: String) throws {
    let fixture = try ModelFixture("\(name).h5")
    let (keras, hdf5) = (folder.file("a.keras"), folder.file("b.h5"))
    try expectPredictions(fixture.path, of: fixture)
    try expectSuccess("convert", fixture.path, keras)
    try expectPredictions(keras, of: fixture)
    try expectSuccess("convert", keras, hdf5)
    try expectPredictions(hdf5, of: fixture)
  }

  /// Options go by their names on the command line, and only where there are such.
  @Test func misfitsNameOptionsAndSettings() throws {
    func model(_ bias: Bool, _ units: Int = 3) -> Model {
      Sequential(name: "net") {
        Input(2)
        Dense(units, useBias: bias, name: "head")
      }
    }
    let (plain, biased, wide) = (folder.file("plain.keras"), folder.file("biased.keras"), folder.file("wide.h5"))
    try model(false).save(plain)
    try model(true).save(biased)
    try model(true, 5).save(wide)
    let out = folder.file("out.keras")
    try expectFailure(
      "convert", biased, out, "--architecture", plain,
      saying: ["in the file but not in the model", "head (Dense) has use_bias false", "of true", "--by-name to load"])
    try expectFailure(
      "convert", plain, out, "--architecture", biased, saying: ["not in the file", "head (Dense) has use_bias true"])
    try expectFailure(
      "convert", wide, out, "--architecture", biased,
      saying: ["head (Dense) has units 3, the file's weights are of 5", "--skip-mismatch to leave"])
    // A file whose own architecture has fewer weights: nobody has a choice.
    let mixed = folder.file("mixed.keras")
    let (config, weights) = (try ZipArchive(ByteSource(path: plain)), try ZipArchive(ByteSource(path: biased)))
    try AtomicFile.write(to: mixed) { file throws(ModelFileError) in
      let writer = ZipWriter(file)
      for name in ["metadata.json", "config.json", "model.weights.h5"] {
        try writer.add(name, try (name == "config.json" ? config : weights).contents(of: name).bytes())
      }
      try writer.finish()
    }
    for arguments in [["summary", mixed], ["convert", mixed, out]] {
      let command = try Command(arguments)
      #expect(command.status == 1)
      #expect(command.errors.contains("head (Dense) has use_bias false"), "\(command.errors)")
      #expect(!command.errors.contains("byName") && !command.errors.contains("--by-name"), "\(command.errors)")
    }
  }

  @Test func whatCannotBeConverted() throws {
    let fixture = try ModelFixture("sequential_cnn.keras")
    let other = try ModelFixture("not_compiled.keras")
    let weights = folder.file("w.safetensors")
    let json = folder.file("m.json")
    try expectSuccess("convert", fixture.path, weights)
    try expectSuccess("convert", fixture.path, json)
    let out = folder.file("out.keras")
    try expectFailure("convert", weights, out, saying: ["weights without the model", "--architecture"])
    try expectFailure("convert", json, out, saying: ["without weights", "--architecture"])
    try expectFailure("convert", weights, out, "--architecture", other.path, saying: ["w.safetensors"])
    try expectFailure("convert", fixture.path, folder.file("out.onnx"), saying: [".onnx", ".keras"])
    try expectFailure("convert", folder.file("nowhere.keras"), out, saying: ["nowhere.keras"])
    #expect(try folder.contents().sorted() == ["m.json", "w.safetensors"])
  }
}
