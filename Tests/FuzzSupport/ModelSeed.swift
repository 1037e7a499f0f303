import Foundation
import Keras
import ModelFiles

/// A valid file to damage.
public struct ModelSeed: Sendable {
  public enum Format: String, CaseIterable, Sendable {
    case keras, h5, weights, safetensors, json, npz, npy, csv
  }

  public let format: Format
  public let name: String
  public let bytes: [UInt8]
  /// A file of the model that the weights in this one fit.
  public let model: String?

  public init(_ format: Format, _ name: String, _ bytes: [UInt8], model: String? = nil) {
    self.format = format
    self.name = name
    self.bytes = bytes
    self.model = model
  }

  /// The files of real Keras in a folder of model fixtures, and single-layer models made of the configs in a folder of
  /// layer fixtures.
  public static func all(fixtures: String) throws -> [ModelSeed] {
    try models(in: fixtures + "/models") + layers(in: fixtures + "/layers") + data()
  }

  private static func models(in folder: String) throws -> [ModelSeed] {
    var seeds: [ModelSeed] = []
    for version in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/\(version)", isDirectory: &isFolder)
      guard isFolder.boolValue else { continue }
      for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(version)").sorted() {
        let format: Format? =
          file.hasSuffix(".keras")
          ? .keras : file.hasSuffix(".weights.h5") ? .weights : file.hasSuffix(".h5") ? .h5 : nil
        guard let format else { continue }
        let bytes = try ByteSource(path: "\(folder)/\(version)/\(file)").bytes()
        guard bytes.count < 200_000 else { continue }
        let model = "\(folder)/\(version)/\(file.prefix { $0 != "." }).keras"
        let hasModel = format != .keras && FileManager.default.fileExists(atPath: model)
        seeds.append(ModelSeed(format, "\(version)/\(file)", bytes, model: hasModel ? model : nil))
        if format == .weights, hasModel, let named = try namedWeights(of: model) {
          seeds.append(ModelSeed(.safetensors, "\(version)/\(file)", named, model: model))
        }
      }
    }
    return seeds
  }

  /// The weights of a model as a safetensors file, or `nil` where the model itself is none to be opened.
  private static func namedWeights(of path: String) throws -> [UInt8]? {
    guard let model = try? Model.load(path, compile: false) else { return nil }
    let file = NSTemporaryDirectory() + "/\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try model.saveWeights(file)
    return try ByteSource(path: file).bytes()
  }

  private static func layers(in folder: String) throws -> [ModelSeed] {
    var seeds: [ModelSeed] = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".json") {
      let manifest = try JSONValue(parsing: ByteSource(path: "\(folder)/\(file)").bytes())
      for (index, entry) in (manifest["cases"]?.array ?? []).enumerated() {
        guard let layer = entry["layer"], let inputs = entry["inputs"]?.array else { continue }
        let model = LayerModel(layer: layer, inputs: inputs).json
        seeds.append(ModelSeed(.json, "\(file)/\(index)", Array(model.serialized().utf8)))
      }
    }
    return seeds
  }

  private static func data() throws -> [ModelSeed] {
    let array = try ArrayData((0..<12).map(Float.init), shape: [3, 4])
    let (npy, npz, safetensors) = (MemorySink(), MemorySink(), MemorySink())
    try NPYFile.write(array, to: npy)
    let writer = NPZWriter(npz)
    try writer.add("x", array)
    try writer.add("y", array)
    try writer.finish()
    let tensors = SafetensorsWriter(metadata: ["format": "keras"])
    try tensors.add("dense/kernel", array)
    try tensors.add("dense/bias", array)
    try tensors.write(to: safetensors)
    return [
      ModelSeed(.npy, "npy", npy.bytes), ModelSeed(.npz, "npz", npz.bytes),
      ModelSeed(.safetensors, "safetensors", safetensors.bytes),
      ModelSeed(.csv, "csv", Array("a,b,\"c\"\n1,2.5,-3e4\nnan,inf,\"7\"\n".utf8)),
    ]
  }
}

/// A functional model of one layer.
private struct LayerModel {
  let layer: JSONValue
  let inputs: [JSONValue]

  var json: JSONValue {
    let names = inputs.indices.map { "input_\($0)" }
    var layers: [JSONValue] = []
    var tensors: [JSONValue] = []
    for (name, input) in zip(names, inputs) {
      let shape = JSONValue.array([.null] + (input["shape"]?.array ?? []).dropFirst())
      let dtype = input["dtype"] ?? "float32"
      layers.append([
        "module": "keras.layers", "class_name": "InputLayer", "name": .string(name), "inbound_nodes": [],
        "config": ["batch_shape": shape, "dtype": dtype, "name": .string(name)],
      ])
      tensors.append([
        "class_name": "__keras_tensor__",
        "config": ["shape": shape, "dtype": dtype, "keras_history": [.string(name), 0, 0]],
      ])
    }
    let name = layer["config"]?["name"] ?? "layer"
    let arguments: JSONValue = tensors.count == 1 ? .array(tensors) : [.array(tensors)]
    guard case .object(var object) = layer else { return layer }
    object["name"] = name
    object["inbound_nodes"] = [["args": arguments, "kwargs": [:]]]
    layers.append(.object(object))
    return [
      "module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",
      "config": [
        "name": "functional", "trainable": true, "layers": .array(layers),
        "input_layers": .array(names.map { [.string($0), 0, 0] }), "output_layers": [[name, 0, 0]],
      ],
    ]
  }
}
