import Foundation
import Keras
import ModelFiles
import Testing

/// A model that real Keras made, with its numbers: see `scripts/fixtures`.
struct ModelFixture {
  let path: String
  private let tensors: SafetensorsFile

  init(_ name: String, version: String = "keras-3.15.1") throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../KerasTests/Fixtures/models/\(version)").standardized.path
    path = "\(folder)/\(name)"
    let base = name.split(separator: ".")[0]
    tensors = try SafetensorsFile(ByteSource(path: "\(folder)/\(base).safetensors"))
  }

  /// The arrays of a role in order: input, output, target, weight, trained.
  func arrays(_ role: String) throws -> [ArrayData] {
    var result: [ArrayData] = []
    while tensors.names.contains("\(role)/\(result.count)") {
      result.append(try tensors.array("\(role)/\(result.count)"))
    }
    return result
  }

  /// Inputs, and targets where they are asked for, under the names that the command reads.
  func named(targets: Bool = false) throws -> [(String, ArrayData)] {
    func named(_ role: String, _ arrays: [ArrayData]) -> [(String, ArrayData)] {
      arrays.enumerated().map { (arrays.count == 1 ? role : "\(role)_\($0.offset)", $0.element) }
    }
    return try named("x", arrays("input")) + (targets ? named("y", arrays("target")) : [])
  }
}

/// Expects numbers to equal Keras's within 1e-4 relative and 2e-5 absolute.
func expectClose(
  _ actual: ArrayData, _ expected: ArrayData, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(actual.shape == expected.shape, "\(what)", sourceLocation: sourceLocation)
  let (a, b) = (try actual.doubles(), try expected.doubles())
  let worst = zip(a, b).map { abs($0 - $1) / (2e-5 + 1e-4 * abs($1)) }.max() ?? 0
  #expect(a.count == b.count && worst <= 1, "\(what): \(worst) × the tolerance", sourceLocation: sourceLocation)
}
