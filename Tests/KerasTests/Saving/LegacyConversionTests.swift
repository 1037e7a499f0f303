import ModelFiles
import Testing

@testable import Keras

/// Weights as Keras 1 and cuDNN's layers stored them become those of today's layers, as Keras 2 converts them.
@Suite struct LegacyConversionTests {
  static let cases = (try? FixtureFamily("legacy_conversions", folder: "models"))?.cases ?? []

  @Test func fixturesAreThere() { #expect(Self.cases.count == 14) }

  @Test(arguments: cases)
  func conversion(_ fixture: FixtureCase) throws {
    let description = try ConfigMigration(from: KerasVersion(2, 15, 0)).migrated(#require(fixture.manifest["layer"]))
    let layer = try ModelReader.layer(description)
    try layer.buildIfNeeded(shapes: [(fixture.manifest["input"]?.array ?? []).map(\.int)])
    let conversion = LegacyConversion(isKeras1: fixture.manifest["keras_1"]?.bool == true, backend: "tensorflow")
    let stored = try fixture.tensors("stored").enumerated().map { StoredArray(name: "\($0)", try $1.arrayData()) }
    let expected = try fixture.tensors("converted")
    let converted = conversion.converted(stored, for: layer)
    #expect(converted.map(\.shape) == expected.map(\.shape.dimensions), "\(fixture.name)")
    for (index, (array, tensor)) in zip(converted, expected).enumerated() {
      try expectClose(array.tensor(), tensor, "\(fixture.name) converted/\(index)")
    }
    // Theano flipped kernels of convolutions and left everything else alone.
    let flipped = LegacyConversion(isKeras1: fixture.manifest["keras_1"]?.bool == true, backend: "theano")
    for (array, other) in zip(flipped.converted(stored, for: layer), converted) where array.shape.count > 2 {
      let axes = Array(0..<(array.shape.count - 2))
      #expect(try array.tensor().scalars() == other.tensor().flip(axes).scalars(), "\(fixture.name)")
    }
  }
}
