import ModelFiles
import Testing

@testable import Keras

/// Runs of `fit` and `evaluate` on small models as in Keras: averages of the weights, the logs' names, weighted metrics.
@Suite struct RunFixtureTests {
  static let cases = ((try? FixtureFamily("runs", folder: "training").cases) ?? [])
  static let masked = ((try? FixtureFamily("masked_runs", folder: "training").cases) ?? [])

  @Test func casesAreThere() {
    #expect(Self.cases.count >= 96)
    #expect(Self.masked.count >= 8)
  }

  /// Keras computes 1 − alpha with the argument as it is, which a list of Python does not have.
  @Test func listsThatKerasTakesAsArrays() {
    let binary = BinaryFocalCrossentropy(applyClassBalancing: true, alpha: [0.2, 0.3, 0.5])
    #expect(binary.serialized["config"]?["alpha"]?["class_name"] == "__numpy__")
    let categorical = CategoricalFocalCrossentropy(alpha: [0.2, 0.3, 0.5])
    #expect(categorical.serialized["config"]?["alpha"] == [0.2, 0.3, 0.5])
  }

  @Test(arguments: cases + masked)
  func run(_ fixture: FixtureCase) throws {
    let fit = try #require(fixture.manifest["fit"])
    // What this library writes of the model says the same.
    let model = try Model.fromJSON(Model.fromJSON(#require(fixture.manifest["model"]).serialized()).toJSON())
    try model.setWeights(fixture.tensors("weight"))
    var classWeight: [Int: Double]?
    for (key, value) in fit["class_weight"]?.object ?? [:] {
      classWeight = classWeight ?? [:]
      classWeight?[try #require(Int(key))] = value.double
    }
    let (x, y) = (try fixture.tensors("input"), try fixture.tensors("target"))
    let weights = try fixture.tensors("sample_weight")

    let history = try model.fit(
      x, y, batchSize: 4, epochs: fit["epochs"]?.int ?? 1, verbose: .silent,
      validationSplit: fit["validation_split"]?.double ?? 0, shuffle: false, classWeight: classWeight,
      sampleWeights: weights, initialEpoch: fit["initial_epoch"]?.int ?? 0)
    let expected = try numbers(fixture.manifest["history"], byEpoch: true)
    #expect(Set(history.names) == Set(expected.keys), "\(fixture.name): names")
    for (log, values) in expected { expect(history[log], values, "\(fixture.name), \(log)") }
    for (index, value) in try fixture.tensors("trained").enumerated() {
      try expectClose(model.weights[index].value, value, "\(fixture.name), weight \(index)")
    }
    let optimizer = try #require(model.compilation).optimizer
    for (variable, value) in zip(optimizer.variables, try fixture.tensors("optimizer_variable")) {
      let value = variable.shape.rank == 0 ? value.reshape([]) : value
      try expectClose(variable.value, value.asType(variable.dtype), "\(fixture.name), \(variable.path)")
    }
    let logs = try model.evaluate(x, y, batchSize: 4, verbose: .silent, sampleWeights: weights)
    let evaluated = try numbers(fixture.manifest["evaluate"], byEpoch: false)
    #expect(Set(logs.map(\.name)) == Set(evaluated.keys), "\(fixture.name): evaluated names")
    for (log, values) in evaluated { expect(logs[log].map { [$0] } ?? [], values, "\(fixture.name), evaluated \(log)") }
  }

  /// The numbers under each log; where a metric has several, each by itself under the name that it has here.
  private func numbers(_ logs: JSONValue?, byEpoch: Bool) throws -> [String: [Double]] {
    var result: [String: [Double]] = [:]
    for (name, value) in try #require(logs?.object) {
      let epochs = byEpoch ? value.array ?? [] : [value]
      for epoch in epochs {
        guard let parts = epoch.array else {
          result[name, default: []].append(try #require(epoch.double))
          continue
        }
        for (index, part) in parts.enumerated() {
          result["\(name)[\(index)]", default: []].append(try #require(part.double))
        }
      }
    }
    return result
  }

  private func expect(_ actual: [Double], _ expected: [Double], _ comment: Comment) {
    let agree = zip(actual, expected).allSatisfy { abs($0 - $1) <= 2e-5 + 1e-4 * abs($1) }
    #expect(actual.count == expected.count && agree, "\(comment): \(actual), expected \(expected)")
  }
}
