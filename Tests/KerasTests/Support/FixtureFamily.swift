import Foundation
import ModelFiles
import Testing

@testable import Keras

/// A manifest and its tensors, as `scripts/fixtures/README.md` describes them.
struct FixtureFamily: Sendable {
  let name: String
  let cases: [FixtureCase]

  /// - Parameter folder: under `Fixtures`.
  init(_ name: String, folder: String) throws {
    self.name = name
    let base = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(folder)/\(name)").path
    let json = try JSONValue(parsing: ByteSource(path: base + ".json").bytes())
    let file = try SafetensorsFile(ByteSource(path: base + ".safetensors"))
    let tensorNames = Set(file.names)
    cases = try (json["cases"]?.array ?? []).map { manifest in
      FixtureCase(
        name: try #require(manifest["name"]?.string), manifest: manifest, file: file, tensorNames: tensorNames)
    }
  }
}

/// One case of a family.
struct FixtureCase: Sendable, CustomTestStringConvertible {
  let name: String
  let manifest: JSONValue
  let file: SafetensorsFile
  let tensorNames: Set<String>

  var testDescription: String { name }

  /// The tensor in a role, or `nil` where the case has none.
  func tensor(_ role: String) throws -> Tensor? {
    tensorNames.contains("\(name)/\(role)") ? try Tensor(file.array("\(name)/\(role)")) : nil
  }

  /// The tensors in numbered roles: `weight/0`, `weight/1`, …
  func tensors(_ role: String) throws -> [Tensor] {
    var result: [Tensor] = []
    while let next = try tensor("\(role)/\(result.count)") { result.append(next) }
    return result
  }

  /// An argument of the manifest, its tensor references resolved.
  func argument(_ value: JSONValue) throws -> Argument {
    if let role = value["tensor"]?.string { return .tensor(try #require(try tensor(role))) }
    if let items = value.array { return .list(try items.map(argument)) }
    return .value(value)
  }
}
