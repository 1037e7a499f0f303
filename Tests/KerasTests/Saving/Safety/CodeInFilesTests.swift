import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Nothing in a file runs code, names code, or opens other files.
@Suite struct CodeInFilesTests {
  /// CVE-2024-3660.
  @Test func lambdaBytecodeIsNeverDecoded() {
    let function: JSONValue = [
      "class_name": "__lambda__", "config": ["code": "4wEAAAAAAAAA", "defaults": nil, "closure": nil],
    ]
    CraftedArchive.sequential([CraftedArchive.layer("Lambda", ["name": "evil", "function": function])])
      .expectRefused("evil")
    // Keras 2's form: a list of marshalled code, defaults and closure.
    CraftedArchive.sequential([
      CraftedArchive.layer(
        "Lambda", ["name": "evil", "function": ["4wEAAAAAAAAA", nil, nil], "function_type": "lambda"])
    ]).expectRefused("evil")
  }

  /// CVE-2025-1550, CVE-2025-8747.
  @Test(arguments: [
    ("os", "system"), ("subprocess", "run"), ("builtins", "eval"), ("keras.utils", "get_file"),
    ("keras.src.saving.object_registration", "register_keras_serializable"), ("keras.saving", "load_model"),
    ("tensorflow", "raw_ops"), ("numpy", "load"), ("importlib", "import_module"),
  ])
  func modulesAndFunctionsAreNotLookedUp(_ module: String, _ name: String) {
    CraftedArchive.sequential([CraftedArchive.layer(name, ["name": "evil"], module: module)]).expectRefused(name)
    // As an activation, initializer, regularizer or function of a Lambda.
    let function: JSONValue = [
      "module": .string(module), "class_name": "function", "config": .string(name), "registered_name": .string(name),
    ]
    for key in ["activation", "kernel_initializer", "kernel_regularizer", "kernel_constraint"] {
      CraftedArchive.sequential([CraftedArchive.layer("Dense", ["name": "dense", "units": 2, .init(key): function])])
        .expectRefused()
    }
    CraftedArchive.sequential([CraftedArchive.layer("Lambda", ["name": "evil", "function": function])])
      .expectRefused("evil")
    for key in ["optimizer", "loss", "metrics"] {
      var archive = CraftedArchive.sequential([CraftedArchive.layer("ReLU", ["name": "relu"])])
      guard case .object(var config) = archive.config else { return }
      var compile: JSONObject = ["optimizer": "adam", "loss": "mean_squared_error"]
      compile[key] = key == "metrics" ? [function] : function
      config["compile_config"] = .object(compile)
      archive.config = .object(config)
      archive.expectRefused()
    }
  }

  /// CVE-2025-9905, CVE-2025-9906, CVE-2026-12481.
  @Test func filesCannotTurnSafetyOff() {
    let function: JSONValue = ["class_name": "__lambda__", "config": ["code": "4wEAAAAAAAAA"]]
    let lambda = CraftedArchive.layer("Lambda", ["name": "evil", "function": function])
    let switches: [JSONValue] = [
      CraftedArchive.layer(
        "function", "enable_unsafe_deserialization", module: "keras.config"),
      CraftedArchive.layer("set_floatx", ["safe_mode": false], module: "keras.config"),
    ]
    for extra in switches { CraftedArchive.sequential([extra, lambda]).expectRefused() }
    for safeMode: JSONValue in [false, nil] {
      var archive = CraftedArchive.sequential([lambda])
      archive.metadata = ["keras_version": "3.15.1", "safe_mode": safeMode]
      archive.expectRefused("evil")
      guard case .object(var config) = archive.config else { return }
      config["safe_mode"] = safeMode
      archive.config = .object(config)
      archive.expectRefused("evil")
    }
  }

  /// CVE-2025-49655, CVE-2026-1462.
  @Test(arguments: ["TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer"])
  func foreignModulesAreRefused(_ className: String) {
    CraftedArchive.sequential([Self.foreign(className)]).expectRefused(className)
  }

  /// Functions of TensorFlow go by a closed table; a name in it is looked up and never run.
  @Test(arguments: ["TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"])
  func functionsOfTensorFlowAreLookedUp(_ className: String) {
    CraftedArchive.sequential([Self.foreign(className)]).expectRefused("evil")
  }

  private static func foreign(_ className: String) -> JSONValue {
    CraftedArchive.layer(
      className,
      [
        "name": "evil", "filepath": "/tmp/model", "module": "gASV", "call_fn": "os.system", "function": "os.system",
        "node_def": "{}",
      ])
  }

  /// CVE-2025-12058.
  @Test(arguments: ["StringLookup", "IntegerLookup", "TextVectorization"])
  func vocabulariesAreNotReadFromPaths(_ className: String) {
    for path in ["/etc/passwd", "file:///etc/passwd", "../../etc/passwd", "gs://bucket/vocabulary.txt"] {
      CraftedArchive.sequential([
        CraftedArchive.layer(className, ["name": "lookup", "vocabulary": .string(path)])
      ]).expectRefused()
    }
  }

  /// CVE-2025-12060, CVE-2025-12638, CVE-2026-12479.
  @Test(arguments: [
    "../outside.txt", "/etc/evil", "assets/../../evil", "C:\\evil", "assets\\..\\evil", "./config.json", "a//b",
  ])
  func membersOutsideTheArchiveAreRefused(_ name: String) throws {
    var archive = CraftedArchive.sequential([CraftedArchive.layer("ReLU", ["name": "relu"])])
    #expect(try archive.load().layers.count == 1)
    archive.members = [(name, [1, 2, 3])]
    // Nothing is extracted; a strange name may be refused or ignored, and no file appears.
    _ = try? archive.load()
    #expect(!FileManager.default.fileExists(atPath: NSTemporaryDirectory() + "/../outside.txt"))
    #expect(!FileManager.default.fileExists(atPath: "/etc/evil"))
  }

  @Test func layerNamesAreLabels() throws {
    let name = "../../../tmp/evil"
    let archive = CraftedArchive.sequential([CraftedArchive.layer("ReLU", ["name": .string(name)])])
    let model = try archive.load()
    #expect(model.layers[0].name == name)
    let path = NSTemporaryDirectory() + "/\(UUID().uuidString).keras"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.save(path)
    #expect(try Model.load(path).layers[0].name == name)
  }
}
