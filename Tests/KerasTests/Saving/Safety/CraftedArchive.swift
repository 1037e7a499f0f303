import Foundation
import ModelFiles
import Testing

@testable import Keras

/// A `.keras` file that no Keras would write.
struct CraftedArchive {
  var config: JSONValue
  var weights = HDF5Writer()
  var metadata: JSONValue = ["keras_version": "3.15.1", "date_saved": "2026-01-01@00:00:00"]
  /// Further members.
  var members: [(name: String, bytes: [UInt8])] = []

  /// A functional or sequential config of these layers.
  static func sequential(_ layers: [JSONValue], inputShape: [Int?] = [nil, 4]) -> CraftedArchive {
    CraftedArchive(config: sequentialConfig(layers, inputShape: inputShape))
  }

  static func sequentialConfig(_ layers: [JSONValue], inputShape: [Int?] = [nil, 4]) -> JSONValue {
    let input = layer("InputLayer", ["batch_shape": JSONValue(inputShape), "dtype": "float32", "name": "input"])
    return [
      "module": "keras", "class_name": "Sequential", "registered_name": nil,
      "config": ["name": "sequential", "layers": .array([input] + layers)],
    ]
  }

  static func layer(_ className: String, _ config: JSONValue, module: String = "keras.layers") -> JSONValue {
    ["module": .string(module), "class_name": .string(className), "config": config, "registered_name": nil]
  }

  /// One functional model of a layer with several calls or inputs, by its own JSON.
  static func functional(_ layers: [JSONValue], inputs: JSONValue, outputs: JSONValue) -> CraftedArchive {
    CraftedArchive(config: [
      "module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",
      "config": ["name": "model", "layers": .array(layers), "input_layers": inputs, "output_layers": outputs],
    ])
  }

  static func call(_ layer: String) -> JSONValue {
    [
      "args": [
        [
          "class_name": "__keras_tensor__",
          "config": ["shape": [nil, 4], "dtype": "float32", "keras_history": [.string(layer), 0, 0]],
        ]
      ],
      "kwargs": [:],
    ]
  }

  func bytes() throws -> [UInt8] {
    let (sink, weightsSink) = (MemorySink(), MemorySink())
    try weights.image().write(to: weightsSink)
    let zip = ZipWriter(sink)
    try zip.add("metadata.json", text: metadata.serialized())
    try zip.add("config.json", text: config.serialized())
    try zip.add("model.weights.h5", weightsSink.bytes)
    for member in members { try zip.add(member.name, member.bytes) }
    try zip.finish()
    return sink.bytes
  }

  /// Opens the file.
  func load() throws -> Model { try Self.load(bytes()) }

  static func load(_ bytes: [UInt8], named name: String = "crafted.keras") throws -> Model {
    let path = NSTemporaryDirectory() + "/\(UUID().uuidString)-\(name)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try Model.load(path)
  }

  /// Expects the file to be refused with a typed error of one line that mentions `words`.
  func expectRefused(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      _ = try load()
      Issue.record("the file loads", sourceLocation: sourceLocation)
    } catch let error where error is KerasError || error is ModelFileError {
      let text = "\(error)"
      #expect(!text.contains("\n"), sourceLocation: sourceLocation)
      for word in words where !text.localizedCaseInsensitiveContains(word) {
        Issue.record("“\(text)” does not mention \(word)", sourceLocation: sourceLocation)
      }
    } catch {
      Issue.record("not a typed error: \(error)", sourceLocation: sourceLocation)
    }
  }
}
