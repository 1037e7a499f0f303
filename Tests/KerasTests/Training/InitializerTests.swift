import Graph
import ModelFiles
import Testing

@testable import Keras

/// Initializers against real Keras: values without chance, statistics of the others.
@Suite struct InitializerTests {
  @Test func initializers() throws {
    let family = try FixtureFamily("initializers", folder: "training")
    #expect(!family.cases.isEmpty)
    for fixture in family.cases {
      // Keras's config of an identity does not have its gain.
      let initializer: any Initializer =
        try fixture.name.hasPrefix("Identity")
        ? IdentityInitializer(gain: 2) : initializerRegistry.make(fixture.manifest["initializer"] ?? nil)
      let shape = Shape((fixture.manifest["shape"]?.array ?? []).compactMap(\.int))
      let values = Tensor(try initializer.initialize(TensorType(.float32, shape)))
      if let expected = try fixture.tensor("output") {
        try expectClose(values, expected, fixture.name)
      } else {
        try checkStatistics(try values.scalars().map(Double.init), fixture)
      }
      if initializer is Orthogonal { try checkOrthogonality(values, gain: 1.5, fixture.name) }
    }
  }

  /// Keras's numbers are a sample's too: both may be off by a few standard errors.
  private func checkStatistics(_ values: [Double], _ fixture: FixtureCase) throws {
    func statistic(_ key: String) throws -> Double {
      try #require(fixture.manifest["statistics"]?[key]?.double)
    }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let deviation = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / count).squareRoot()
    let expected = (mean: try statistic("mean"), deviation: try statistic("std"))
    let bound = 6 / count.squareRoot()
    #expect(abs(mean - expected.mean) < bound * expected.deviation * 1.5, "\(fixture.name): mean \(mean)")
    #expect(abs(deviation / expected.deviation - 1) < bound, "\(fixture.name): deviation \(deviation)")
    let config = fixture.manifest["initializer"]?["config"]
    let isUnbounded =
      fixture.name.hasPrefix("RandomNormal") || fixture.name.hasPrefix("Orthogonal")
      || config?["distribution"]?.string == "untruncated_normal"
    guard !isUnbounded else { return }
    let (low, high) = (try statistic("min"), try statistic("max"))
    let slack = (high - low) * (count < 1000 ? 0.1 : 0.01)
    #expect(abs((values.min() ?? 0) - low) < slack, "\(fixture.name): smallest value")
    #expect(abs((values.max() ?? 0) - high) < slack, "\(fixture.name): largest value")
  }

  private func checkOrthogonality(_ values: Tensor, gain: Double, _ name: String) throws {
    let matrix = values.reshape([-1, values.shape[-1]])
    let isWide = matrix.shape[0] < matrix.shape[1]
    let product = isWide ? matrix.matmul(matrix.transpose()) : matrix.transpose().matmul(matrix)
    try expectClose(product, Tensor.eye(product.shape[0]) * (gain * gain), name)
  }

  @Test(arguments: [
    "GlorotUniform", "HeNormal", "LecunNormal", "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling",
    "Orthogonal",
  ])
  func seeds(_ className: String) throws {
    func draw(_ seed: Int?) throws -> [Float] {
      let initializer = try initializerRegistry.make(className, ["seed": JSONValue(seed)])
      return try Tensor(initializer.initialize(TensorType(.float32, [7, 5]))).scalars()
    }
    #expect(try draw(3) == draw(3))
    #expect(try draw(3) != draw(4))
    #expect(try draw(nil) != draw(nil))
  }
}
