import Foundation
import ModelFiles
import Testing

@testable import Keras

/// The catalogue of layers speaks of every layer, and truly.
@Suite struct LayerCatalogueTests {
  /// What can be made from a config alone.
  static let described = LayerCatalogue.entries.map(\.className).filter { $0 != "Lambda" }

  @Test func everyLayerIsListedOnce() {
    #expect(LayerCatalogue.entries.map(\.className).sorted() == LayerRegistry.classes.classNames.sorted())
  }

  @Test(arguments: described)
  func samplesAreBuilt(_ className: String) throws {
    let sample = try LayerCatalogue.sample(of: className)
    #expect(sample.weights.allSatisfy { !$0.name.isEmpty })
    let isCell = className.hasSuffix("Cell") || className.hasSuffix("Cells")
    #expect(sample.outputs.isEmpty == isCell)
  }

  /// Keras's constructors with nothing but what they require.
  static let defaults: [JSONValue] = {
    let url = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/layers/defaults.json")
    let bytes = try? ByteSource(path: url?.path ?? "").bytes()
    return (try? JSONValue(parsing: bytes ?? [], name: "defaults.json"))?["cases"]?.array ?? []
  }()

  @Test func defaultsAreThere() { #expect(Self.defaults.count > 90) }

  @Test(arguments: defaults)
  func defaultsAreKeras(_ expected: JSONValue) throws {
    let className = try #require(expected["name"]?.string)
    let arguments = try #require(expected["arguments"]?.object)
    let reference = try LayerCatalogue.entry(className).reference
    #expect(Set(reference.arguments.keys).isSubset(of: arguments.keys), "\(className) requires less in Keras")
    let layer = try LayerRegistry.make(className, arguments)
    let config = layer.baseConfig.merging(layer.config)
    for (key, value) in try #require(expected["config"]?.object) {
      let actual = config[key] ?? nil
      #expect(isEqual(actual, value), "\(className), \(key): \(actual), Keras has \(value)")
    }
  }

  /// A config without what Keras requires is refused, as by Keras.
  @Test(arguments: defaults)
  func requiredArgumentsAreKeras(_ expected: JSONValue) throws {
    let className = try #require(expected["name"]?.string)
    let arguments = try #require(expected["arguments"]?.object)
    let required = (expected["required"]?.array ?? []).compactMap(\.string)
    #expect(try Set(LayerCatalogue.entry(className).reference.required) == Set(required), "\(className)")
    for name in required {
      var config = arguments
      config[name] = nil
      let error = #expect(throws: KerasError.self) { try LayerRegistry.make(className, config) }
      #expect(error?.description.contains("\(className), argument \(name): is missing") == true)
    }
  }

  /// Whether two configs say the same: numbers by value, a list of one axis as the axis, names of inner objects left out.
  private func isEqual(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if let a = a.double, let b = b.double { return a == b }
    if let a = a.array, let b = b.array { return a.count == b.count && zip(a, b).allSatisfy(isEqual) }
    if let only = a.array?.first, a.array?.count == 1, b.array == nil { return isEqual(only, b) }
    guard let a = a.object, let b = b.object else { return a == b }
    let ignored: Set<String> = ["name", "registered_name", "module", "build_config", "trainable", "dtype"]
    return b.allSatisfy { key, value in ignored.contains(key) || isEqual(a[key] ?? nil, value) }
  }
}
