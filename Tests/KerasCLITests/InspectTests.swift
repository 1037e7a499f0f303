import ModelFiles
import Testing

/// `keras inspect`
@Suite struct InspectTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func lines(_ path: String) throws -> [Substring] {
    try expectSuccess("inspect", path).split(separator: "\n")
  }

  @Test func archives() throws {
    let lines = try lines(ModelFixture("sequential_cnn.keras").path)
    #expect(lines.first?.hasPrefix("Keras model (.keras), ") == true)
    #expect(lines.contains("keras_version: 3.15.1"))
    #expect(lines.contains("Model: Sequential \"digits\", 8 layers"))
    #expect(lines.contains("  conv2d (Conv2D)"))
    #expect(lines.contains { $0.hasPrefix("Compiled: ") })
    #expect(
      lines.contains {
        $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
          == "/layers/conv2d/vars/0 (3, 3, 1, 3) float32 108 bytes"
      })
  }

  @Test func wholeModelsInHDF5() throws {
    let lines = try lines(ModelFixture("sequential_cnn.h5").path)
    #expect(lines.first?.hasPrefix("HDF5 file, ") == true)
    #expect(lines.contains("Model: Sequential \"digits\", 8 layers"))
    #expect(lines.contains { $0.hasPrefix("  / @keras_version = \"3.15.1\"") })
    #expect(lines.contains { $0.contains("/model_weights/conv2d/") && $0.contains("(3, 3, 1, 3)") })
  }

  @Test func arraysAndJSON() throws {
    let npz = try folder.archive(
      "a.npz", [("x", ArrayData([1, 2] as [Float], shape: [2])), ("y", ArrayData([1] as [Int64], shape: [1, 1]))])
    #expect(
      try lines(npz).dropFirst() == [
        "  x  (2,)    float32  8 bytes", "  y  (1, 1)  int64    8 bytes", "  2 arrays, 3 numbers",
      ])
    let safetensors = try ModelFixture("scheduled.safetensors").path
    #expect(try lines(safetensors).first?.hasPrefix("safetensors file, ") == true)
    let json = try folder.file(
      "m.json", #"{"class_name": "Sequential", "config": {"name": "\u001b[2J", "layers": []}}"#)
    #expect(try lines(json).last == #"Model: Sequential "\u{1b}[2J", 0 layers"#)
  }

  @Test(arguments: [2000, 9000, 20000, 38000])
  func truncatedArchives(keeping count: Int) throws {
    let bytes = try ByteSource(path: ModelFixture("sequential_cnn.keras").path).bytes()
    let path = try folder.file("cut.keras", Array(bytes.prefix(count)))
    let command = try Command("inspect", path)
    #expect(command.status == 1)
    #expect(command.errors.contains("no end record; the file may be truncated"))
    #expect(command.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("keras: ") })
    #expect(command.output.contains("metadata.json") && command.output.contains("keras_version: 3.15.1"))
  }

  @Test(arguments: ["sequential_cnn.h5", "sequential_cnn.weights.h5"])
  func truncatedHDF5(_ name: String) throws {
    let bytes = try ByteSource(path: ModelFixture(name).path).bytes()
    let path = try folder.file("cut.h5", Array(bytes.prefix(bytes.count * 3 / 4)))
    let command = try Command("inspect", path)
    #expect(command.status == 1)
    #expect(command.errors.contains("it is truncated"))
    #expect(command.output.contains("arrays, "))
  }

  @Test func flippedBytes() throws {
    var bytes = try ByteSource(path: ModelFixture("sequential_cnn.keras").path).bytes()
    bytes[bytes.count / 2] ^= 0xFF
    let path = try folder.file("flipped.keras", bytes)
    let command = try Command("inspect", path)
    #expect(command.status == 1)
    #expect(command.errors.contains("CRC-32"))
    #expect(command.output.contains("Model: Sequential \"digits\""))
  }

  @Test func noModelAtAll() throws {
    try expectFailure("inspect", folder.file("nowhere"), saying: ["nowhere"])
    let text = try Command("inspect", folder.file("a.txt", "hello"))
    #expect(text.status == 1 && text.output == "Unknown, 5 bytes\n")
    #expect(text.errors.contains("none of their signatures"))
  }
}
