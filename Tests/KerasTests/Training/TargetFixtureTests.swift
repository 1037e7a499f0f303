import Graph
import ModelFiles
import Testing

@testable import Keras

/// The shapes and types of targets that losses and metrics take in Keras, and what comes out.
@Suite struct TargetFixtureTests {
  @Test func losses() throws {
    try check("loss") { serialized, target, prediction in
      let loss = try lossRegistry.make(serialized)
      try loss.validate(target, outputShape: prediction.partialShape)
      return loss(target, prediction)
    }
  }

  @Test func metrics() throws {
    try check("metric") { serialized, target, prediction in
      let isAccuracy = serializedObject(serialized)?.className == "Accuracy"
      let metric = isAccuracy ? Accuracy() : try MetricRegistry.make(serialized)
      let buffers = [try target.buffer(), try prediction.buffer()]
      let function = try CompiledFunction.trace(buffers.map(\.type), training: false) { trace, values in
        let step = StepContext(trace: trace)
        metric.update(values[0], values[1], sampleWeight: nil, step)
        return [metric.result(step)]
      }
      return Tensor(try function.run(buffers)[0])
    }
  }

  private func check(_ kind: String, _ compute: (JSONValue, Tensor, Tensor) throws -> Tensor) throws {
    let family = try FixtureFamily("targets", folder: "training")
    let cases = family.cases.filter { $0.manifest[kind] != nil }
    #expect(cases.count > 150)
    for fixture in cases {
      func shared(_ role: String) throws -> Tensor {
        try Tensor(fixture.file.array(#require(fixture.manifest[role]?.string)))
      }
      let (target, prediction) = (try shared("target"), try shared("prediction"))
      let dtypes = (fixture.manifest["dtypes"]?.array ?? []).compactMap { $0.string.flatMap(DType.init(rawValue:)) }
      let results = fixture.manifest["results"]?.array ?? []
      #expect(!dtypes.isEmpty && dtypes.count == results.count)
      for (dtype, result) in zip(dtypes, results) {
        do {
          let actual = try compute(try #require(fixture.manifest[kind]), target.asType(dtype), prediction)
          let expected = (result.array ?? [result]).compactMap { $0.double.map(Float.init) }
          try expectClose(actual.ravel(), Tensor(expected), "\(fixture.name), \(dtype)")
        } catch {
          Issue.record("\(fixture.name), \(dtype): \(error)")
        }
      }
    }
  }
}
