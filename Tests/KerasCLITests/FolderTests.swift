import Keras
import ModelFiles
import Testing

/// Models in folders and weights over several files.
@Suite struct FolderTests {
  let folder: TemporaryFolder
  let fixture: ModelFixture

  init() throws {
    folder = try TemporaryFolder()
    fixture = try ModelFixture("sequential_cnn.keras")
  }

  private func expectPredictions(_ path: String) throws {
    let x = try folder.archive("x.npz", fixture.named())
    let p = folder.file("p.npz")
    try expectSuccess("predict", path, "--input", x, "--output", p)
    try expectClose(try NPZFile(ByteSource(path: p)).array("p"), try fixture.arrays("output")[0])
  }

  @Test func foldersServeAsArchives() throws {
    let unpacked = folder.file("unpacked")
    try expectSuccess("convert", fixture.path, unpacked + "/")
    try expectPredictions(unpacked)
    #expect(try expectSuccess("summary", unpacked) == expectSuccess("summary", fixture.path))
    for name in ["a.keras", "b.h5"] {
      try expectSuccess("convert", unpacked, folder.file(name))
      try expectPredictions(folder.file(name))
    }
    func contents(_ path: String) throws -> [Substring] {
      try Array(expectSuccess("inspect", path).split(separator: "\n").drop { !$0.hasPrefix("Model: ") })
    }
    let lines = try contents(unpacked)
    #expect(lines == (try contents(folder.file("a.keras"))))
    #expect(lines.contains { $0.contains("/layers/conv2d/vars/0") })
    try expectFailure("convert", fixture.path, unpacked + "/", saying: ["unpacked", "new folder"])
    try expectFailure("convert", fixture.path, folder.file("nowhere/unpacked/"), saying: ["nowhere/unpacked"])
    #expect(try folder.contents().allSatisfy { !$0.hasSuffix(".tmp") })
  }

  @Test func weightsOverSeveralFiles() throws {
    let weights = try ModelFixture("sequential_cnn.weights.json").path
    let whole = folder.file("whole.keras")
    try expectSuccess("convert", weights, whole, "--architecture", fixture.path)
    try expectPredictions(whole)
    try expectFailure("convert", weights, whole, saying: ["weights without the model", "--architecture"])
    try expectFailure("convert", fixture.path, folder.file("m.weights.json"), saying: ["ends in .keras"])
    let lines = try expectSuccess("inspect", weights).split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("Weights in ") })
    #expect(lines.contains { $0.contains("/layers/conv2d/vars/0") })
    #expect(lines.contains { $0.contains("/layers/dense/vars/0") })
  }

  /// A folder may hold such weights too.
  @Test func foldersOfSeveralFiles() throws {
    let unpacked = folder.file("unpacked")
    try expectSuccess("convert", fixture.path, unpacked + "/")
    let index = try ModelFixture("sequential_cnn.weights.json").path
    for path in try WeightsIndex(path: index).paths {
      let name = path.split(separator: "/").last.map(String.init) ?? ""
      _ = try folder.file("unpacked/\(name)", ByteSource(path: path).bytes())
    }
    _ = try folder.file("unpacked/model.weights.json", ByteSource(path: index).bytes())
    try folder.remove("unpacked/model.weights.h5")
    try expectPredictions(unpacked)
    #expect(try expectSuccess("inspect", unpacked).contains("Weights in "))
    try folder.remove("unpacked/model.weights.json")
    try expectFailure("summary", unpacked, saying: ["model.weights.h5"])
  }

  @Test func otherFolders() throws {
    try expectFailure("summary", folder.path, saying: ["without a config.json"])
    _ = try folder.file("saved_model.pb", "")
    try expectFailure("summary", folder.path, saying: ["SavedModel", ".keras"])
    let command = try Command("inspect", folder.path)
    #expect(command.status == 1 && command.errors.contains("config.json"))
  }
}
