import Graph
import ModelFiles
import Testing

@testable import Keras

/// Metrics against real Keras: the result after each update.
@Suite struct MetricFixtureTests {
  @Test func metrics() throws {
    let family = try FixtureFamily("metrics", folder: "training")
    #expect(!family.cases.isEmpty)
    for fixture in family.cases {
      do {
        try check(fixture)
      } catch {
        Issue.record("\(fixture.name): \(error)")
      }
    }
  }

  private func check(_ fixture: FixtureCase) throws {
    let serialized = fixture.manifest["metric"] ?? nil
    let (className, config) = try #require(serializedObject(serialized))
    let metric = className == "Accuracy" ? Accuracy() : try MetricRegistry.make(serialized)
    #expect(metric.name == config["name"]?.string, "\(fixture.name): name")
    for update in 0..<(fixture.manifest["updates"]?.int ?? 0) {
      let target = try #require(try fixture.tensor("target/\(update)"))
      let prediction = try fixture.tensor("prediction/\(update)") ?? target
      let weight = try fixture.tensor("sample_weight/\(update)")
      let buffers = try ([target, prediction] + [weight].compactMap { $0 }).map { try $0.buffer() }
      let function = try CompiledFunction.trace(buffers.map(\.type), training: false) { trace, values in
        let step = StepContext(trace: trace)
        metric.update(values[0], values[1], sampleWeight: weight == nil ? nil : values[2], step)
        return [metric.result(step)]
      }
      let result = Tensor(try function.run(buffers)[0])
      let expected = try #require(try fixture.tensor("result/\(update)"))
      try expectClose(
        result, result.rank == 0 && expected.shape == [1] ? expected.reshape([]) : expected,
        "\(fixture.name) result/\(update)")
    }
    let names = (fixture.manifest["variables"]?.array ?? []).map { $0["name"]?.string }
    #expect(metric.variables.map(\.name) == names, "\(fixture.name): variables")
    for (variable, expected) in zip(metric.variables, try fixture.tensors("variable")) {
      let value = variable.shape.rank == 0 ? expected.reshape([]) : expected
      try expectClose(variable.value, value.asType(variable.dtype), "\(fixture.name) \(variable.name)")
    }
  }
}
