import Foundation
import Testing

@testable import Keras

/// Whatever happens while a model is saved, the file under its name is a whole one.
@Suite struct SavingFaultTests {
  /// `KERAS_KILL_COUNT` sets how many savers are killed.
  @Test func killedSaverLeavesALoadableFile() throws {
    let count = ProcessInfo.processInfo.environment["KERAS_KILL_COUNT"].flatMap { Int($0) } ?? 12
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<count {
      let saver = try SaverProcess(count: 1_000_000)
      defer { saver.remove() }
      saver.kill(after: UInt32.random(in: 0..<30_000, using: &generator))
      #expect(try saver.savedNumber() >= 1)
      // At most the finished file on its way to its name.
      #expect(saver.otherFiles.count <= 1, "\(saver.otherFiles)")
    }
  }

  @Test func fullDiskIsATypedErrorAndKeepsTheOldFile() throws {
    let first = try SaverProcess(count: 1)
    defer { first.remove() }
    #expect(first.finish().code == 0)
    let before = try Data(contentsOf: URL(fileURLWithPath: first.path))
    for size in [0, 1, 4096, before.count - 1] {
      let result = try SaverProcess(count: 1, largestFile: size, in: first.folder).finish()
      #expect(result.code == 1)
      #expect(result.errors.contains("ModelFileError") || result.errors.contains("KerasError"), "\(result.errors)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: first.path)) == before)
      #expect(first.otherFiles == [])
    }
  }

  @Test func savingAtTheSameTimeLeavesOneOfTheFiles() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let savers = try (0..<3).map { _ in try SaverProcess(count: 20, in: folder) }
    defer { savers[0].remove() }
    for saver in savers { #expect(saver.finish().code == 0) }
    #expect(try savers[0].savedNumber() == 20)
    #expect(savers[0].otherFiles == [])
  }

  @Test func placesThatCannotBeWrittenAreTypedErrors() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let files = FileManager.default
    try files.createDirectory(at: folder.appendingPathComponent("folder.keras"), withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    let model = Sequential([InputLayer(batchShape: [nil, 2]), Dense(1)])
    let nowhere = folder.appendingPathComponent("missing/model.keras").path
    let longName = folder.appendingPathComponent(String(repeating: "n", count: 300) + ".keras").path
    for path in [folder.appendingPathComponent("folder.keras").path, nowhere, longName, "/dev/null/x.keras"] {
      #expect(throws: (any Error).self) { try model.save(path) }
    }
    #expect(try files.contentsOfDirectory(atPath: folder.path) == ["folder.keras"])
  }

  @Test func symbolicLinksStayAndTheirTargetIsReplaced() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let files = FileManager.default
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    let (link, target) = (folder.appendingPathComponent("link.keras"), folder.appendingPathComponent("target.keras"))
    let model = Sequential([InputLayer(batchShape: [nil, 2]), Dense(1)])
    try model.save(target.path)
    try files.createSymbolicLink(at: link, withDestinationURL: target)
    try model.setWeights(model.weights.map { Tensor.full($0.shape, 5) })
    try model.save(link.path)
    #expect(try files.destinationOfSymbolicLink(atPath: link.path) == target.path)
    #expect(try Model.load(target.path).getWeights()[0].scalars() == [5, 5])
  }
}
