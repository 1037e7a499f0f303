import Foundation
import ModelFiles
import Testing

@testable import Keras

/// The structures of keras.applications with few filters, in files of real Keras.
@Suite struct ArchitectureFixtureTests {
  static let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/architectures").path ?? ""
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".keras") }.map { String($0.dropLast(6)) }.sorted()

  @Test func allAreThere() { #expect(Self.names.count == 11) }

  @Test(arguments: names)
  func predictsAsKerasAndKeepsItsPredictions(_ name: String) throws {
    let base = Self.folder + "/" + name
    let tensors = try SafetensorsFile(ByteSource(path: base + ".safetensors"))
    let input = try Tensor(tensors.array("input"))
    let model = try Model.load(base + ".keras")
    let output = try model.predict(input)
    try expectClose(output, try Tensor(tensors.array("output")), "\(name)")
    let path = NSTemporaryDirectory() + "/\(UUID().uuidString)-\(name).keras"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.save(path)
    #expect(try Model.load(path).predict(input).scalars() == output.scalars())
  }
}
