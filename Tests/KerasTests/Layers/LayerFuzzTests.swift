import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Arguments that make no sense, from −2⁶³ to lists of lists: a layer is made and recorded, or refused with a
/// `KerasError`, and never traps or takes memory beyond all measure.
///
/// `KERAS_FUZZ_ROUNDS` in the environment sets how often each committed case is changed (once by default).
@Suite struct LayerFuzzTests {
  private static let values: [JSONValue] = [
    .integer(.max), .integer(.min), .integer(1 << 40), .integer(1 << 62), .integer(-1), .integer(0), .integer(7),
    .number(1e308), .number(-0.5), .number(2.5), nil, true, "nonsense", "", [], [0], [-1], [.integer(.max)],
    [.integer(.max), .integer(.max)], [.integer(.min), 1], [1, 2, 3], [1, 1, 1, 1, 1, 1, 1, 1, 1],
    [[.integer(.max), 1]],
    [[0, 0], [1, 1]], [nil], ["nonsense"], [:],
  ]

  @Test(arguments: LayerFixtureTests.families)
  func mutatedConfigs(_ name: String) throws {
    CustomObjects.register(MinimalCell.self, as: "fixtures>MinimalCell")
    let rounds = ProcessInfo.processInfo.environment["KERAS_FUZZ_ROUNDS"].flatMap(Int.init) ?? 1
    var generator = Philox64(seed: UInt64(truncatingIfNeeded: rounds &+ name.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))
    for fixture in try FixtureFamily(name, folder: "layers").cases {
      for _ in 0..<rounds {
        let (className, config) = try #require(serializedObject(fixture.manifest["layer"] ?? nil))
        let changed = mutated(.object(config), &generator).object ?? [:]
        do {
          let layer = try LayerRegistry.make(className, changed)
          try call(layer, fixture)
        } catch let error as KerasError {
          #expect(!error.subject.isEmpty && !error.message.isEmpty)
        } catch {
          Issue.record("\(fixture.name) with \(JSONValue.object(changed)): \(error) is no KerasError")
        }
      }
    }
  }

  /// A symbolic call of the layer on inputs like the case's.
  private func call(_ layer: Layer, _ fixture: FixtureCase) throws {
    let symbols = try fixture.tensors("input").map {
      Input(shape: $0.partialShape.dropFirst().map { $0 }, dtype: $0.dtype)
    }
    let single = fixture.manifest["style"]?.string == "single"
    let arguments =
      single ? symbols.map(Argument.tensor) : [Argument.list(symbols.map(Argument.tensor))]
    let results = layer.apply(CallArguments(arguments))
    if let failure = results.first?.failure { throw failure }
  }

  /// The value with one of its members replaced.
  private func mutated(_ value: JSONValue, _ generator: inout Philox64) -> JSONValue {
    guard case .object(var object) = value, let key = object.keys.randomElement(using: &generator) else {
      return Self.values.randomElement(using: &generator) ?? nil
    }
    let member = object[key] ?? nil
    let inner = member["config"] != nil ? member["config"] ?? nil : nil
    if case .object(var nested) = member, !inner.isNull, Bool.random(using: &generator) {
      nested["config"] = mutated(inner, &generator)
      object[key] = .object(nested)
    } else {
      object[key] = Self.values.randomElement(using: &generator)
    }
    return .object(object)
  }
}
