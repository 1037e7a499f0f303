import Graph
import ModelFiles
import Testing

@testable import Keras

/// Losses, optimizers and schedules against real Keras.
@Suite struct TrainingFixtureTests {
  /// Losses with an argument that Keras's config does not have.
  static let unwritten: [String: any Loss] = [
    "Huber/delta_0.4": Huber(delta: 0.4), "CosineSimilarity/axis_0": CosineSimilarity(axis: 0),
  ]

  @Test func losses() throws {
    try check("losses") { fixture in
      let loss = try Self.unwritten[fixture.name] ?? lossRegistry.make(fixture.manifest["loss"] ?? nil)
      let (target, prediction) = (
        try #require(try fixture.tensor("target")), try #require(try fixture.tensor("prediction"))
      )
      let optional = try ["sample_weight", "mask"].map { try fixture.tensor($0) }
      let inputs = [target, prediction] + optional.compactMap { $0 }
      let buffers = try inputs.map { try $0.buffer() }
      let function = try CompiledFunction.trace(buffers.map(\.type), training: true) { trace, values in
        var rest = values.dropFirst(2).makeIterator()
        let given = optional.map { $0 == nil ? nil : rest.next() }
        let output = loss(values[0], values[1], sampleWeight: given[0], mask: given[1])
        if let failure = output.failure { throw failure }
        let gradients = trace.builder.gradients(
          of: trace.lift(output.sum()), withRespectTo: [trace.lift(values[1])])
        return [output, Tensor(.traced(trace, gradients[0]))]
      }
      let results = try function.run(buffers).map { Tensor($0) }
      try expectEqual(results[0], try fixture.tensor("output"), "\(fixture.name) output")
      // |x| has no gradient at 0, and Keras's backends do not agree on one.
      let isSmooth = !fixture.name.hasPrefix("MeanAbsolute")
      let places = (isSmooth ? prediction.onesLike() : target.notEqual(prediction)).asType(.float32)
      let gradient = try #require(try fixture.tensor("gradient"))
      try expectEqual(results[1] * places, gradient * places, "\(fixture.name) gradient")
    }
  }

  @Test func schedules() throws {
    try check("schedules") { fixture in
      let schedule = try scheduleRegistry.make(fixture.manifest["schedule"] ?? nil)
      let steps = try #require(try fixture.tensor("step")).asType(.float32)
      try expectEqual(schedule(steps), try fixture.tensor("output"), "\(fixture.name) output")
    }
  }

  @Test func optimizers() throws {
    try check("optimizers") { fixture in
      let optimizer = try optimizerRegistry.make(fixture.manifest["optimizer"] ?? nil)
      let descriptions = fixture.manifest["variables"]?.array ?? []
      let variables = try zip(try fixture.tensors("variable"), descriptions).map { value, description in
        let name = try #require(description["name"]?.string ?? description["path"]?.string)
        return Variable(name: name, path: description["path"]?.string, initial: try value.buffer().copy())
      }
      try optimizer.build(variables)
      for step in 0..<(fixture.manifest["steps"]?.int ?? 0) {
        let gradients = try fixture.tensors("gradient/\(step)").map { try $0.buffer() }
        let function = try CompiledFunction.trace(gradients.map(\.type), training: true) { trace, values in
          optimizer.apply(values, trace)
          return []
        }
        _ = try function.run(gradients)
        for (index, expected) in try fixture.tensors("updated/\(step)").enumerated() {
          try expectEqual(variables[index].value, expected, "\(fixture.name) updated/\(step)/\(index)")
        }
      }
      let expected = try fixture.tensors("optimizer_variable")
      #expect(optimizer.variables.count == expected.count, "\(fixture.name): number of optimizer variables")
      // A variable without a name is "variable" with the number that Keras has come to.
      let paths = (fixture.manifest["optimizer_variables"]?.array ?? []).map {
        let name = $0["path"]?.string?.split(separator: "/").last
        return name?.hasPrefix("variable") == true ? "variable" : name
      }
      #expect(
        optimizer.variables.map { $0.path.split(separator: "/").last } == paths, "\(fixture.name): optimizer variables")
      for (index, (variable, value)) in zip(optimizer.variables, expected).enumerated() {
        try expectEqual(variable.value, value, "\(fixture.name) optimizer_variable/\(index)")
      }
      try optimizer.finalizeVariableValues()
      for (index, value) in try fixture.tensors("finalized").enumerated() {
        try expectEqual(variables[index].value, value, "\(fixture.name) finalized/\(index)")
      }
    }
  }

  /// Runs the cases of a family.
  private func check(_ name: String, _ body: (FixtureCase) throws -> Void) throws {
    let family = try FixtureFamily(name, folder: "training")
    #expect(!family.cases.isEmpty)
    for fixture in family.cases {
      do {
        try body(fixture)
      } catch {
        Issue.record("\(fixture.name): \(error)")
      }
    }
  }

  /// Compares with a tensor of a file, which holds scalars as vectors of one element.
  private func expectEqual(_ actual: Tensor, _ expected: Tensor?, _ what: String) throws {
    let expected = try #require(expected)
    let isScalar = actual.rank == 0 && expected.shape == [1]
    try expectClose(actual, (isScalar ? expected.reshape([]) : expected).asType(actual.dtype), what)
  }
}
