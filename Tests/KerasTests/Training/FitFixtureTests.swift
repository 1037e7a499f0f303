import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Whole runs of `fit` and `evaluate` as in Keras: every log under its name, and the weights that come out.
@Suite struct FitFixtureTests {
  static let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/training/fit").path ?? ""
  static let cases: [JSONValue] =
    (try? JSONValue(parsing: ByteSource(path: folder + "/fit.json").bytes())["cases"]?.array) ?? []

  @Test func casesAreThere() { #expect(Self.cases.count >= 17) }

  @Test(arguments: cases.compactMap { $0["name"]?.string })
  func run(_ name: String) throws {
    let expected = try #require(Self.cases.first { $0["name"]?.string == name })
    let fit = try #require(expected["fit"])
    let tensors = try SafetensorsFile(ByteSource(path: Self.folder + "/fit.safetensors"))
    func list(_ role: String) throws -> [Tensor] {
      var result: [Tensor] = []
      while tensors.names.contains("\(name)/\(role)/\(result.count)") {
        result.append(try Tensor(tensors.array("\(name)/\(role)/\(result.count)")))
      }
      return result
    }
    var classWeight: [Int: Double]?
    for (key, value) in fit["class_weight"]?.object ?? [:] {
      classWeight = classWeight ?? [:]
      classWeight?[try #require(Int(key))] = value.double
    }
    let (x, y, weights) = (try list("input"), try list("target"), try list("weight"))

    let model = try Model.load("\(Self.folder)/\(name).keras")
    let history = try model.fit(
      x, y, batchSize: try #require(fit["batch_size"]?.int), epochs: fit["epochs"]?.int ?? 1, verbose: .silent,
      validationSplit: fit["validation_split"]?.double ?? 0, shuffle: false, classWeight: classWeight,
      sampleWeights: weights)
    for (log, values) in try #require(expected["history"]?.object) {
      expect(history[log], try #require(values.array).compactMap(\.double), "\(name), \(log)")
    }
    for (index, trained) in try list("trained").enumerated() {
      try expectClose(model.weights[index].value, trained, "\(name), weight \(index)")
    }
    let evaluated = try model.evaluate(x, y, batchSize: 4, verbose: .silent, sampleWeights: weights)
    for (log, value) in try #require(expected["evaluate"]?.object) {
      expect(evaluated[log].map { [$0] } ?? [], [try #require(value.double)], "\(name), evaluated \(log)")
    }
  }

  private func expect(_ actual: [Double], _ expected: [Double], _ comment: Comment) {
    let agree = zip(actual, expected).allSatisfy { abs($0 - $1) <= 2e-5 + 1e-4 * abs($1) }
    #expect(actual.count == expected.count && agree, "\(comment): \(actual), expected \(expected)")
  }
}
