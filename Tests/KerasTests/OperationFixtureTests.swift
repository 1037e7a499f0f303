import Graph
import ModelFiles
import Testing

@testable import Keras

/// Functions of `keras.ops` against real Keras: values and, where they are differentiable, gradients.
@Suite struct OperationFixtureTests {
  /// Functions whose result's shape depends on the elements.
  static let absent: Set<String> = ["nonzero"]

  /// A subscript of the manifest as files have it.
  static func index(_ parts: [JSONValue]) -> JSONValue {
    .array(
      parts.map { part in
        if let place = part.int { return TensorIndex.at(place).serialized }
        if let bounds = part["slice"]?.array?.map(\.int) {
          return TensorIndex.slice(start: bounds[0], stop: bounds[1], step: bounds[2]).serialized
        }
        return (part["ellipsis"] == nil ? TensorIndex.newAxis : .ellipsis).serialized
      })
  }

  @Test(arguments: ["operations", "windows", "images", "signals", "numerics"])
  func operations(_ name: String) throws {
    let family = try FixtureFamily(name, folder: "operations")
    #expect(!family.cases.isEmpty)
    for fixture in family.cases {
      let function = try #require(fixture.manifest["operation"]?.string)
      guard !Self.absent.contains(function) else { continue }
      do {
        try OperationFixtureCheck(fixture: fixture, function: function).run()
      } catch {
        Issue.record("\(fixture.name): \(error)")
      }
    }
  }
}

private struct OperationFixtureCheck {
  let fixture: FixtureCase
  let function: String

  private func arguments() throws -> CallArguments {
    let positional = try (fixture.manifest["arguments"]?.array ?? []).map(argument)
    var keyword: [String: Argument] = [:]
    for (name, value) in fixture.manifest["keywords"]?.object ?? [:] { keyword[name] = try argument(value) }
    return CallArguments(positional, keyword: keyword)
  }

  private func argument(_ value: JSONValue) throws -> Argument {
    guard let indices = value["index"]?.array else { return try fixture.argument(value) }
    return .value(OperationFixtureTests.index(indices))
  }

  func run() throws {
    let arguments = try arguments()
    let results = try OperationRegistry.call(function, arguments)
    if let failure = results.lazy.compactMap(\.failure).first { throw failure }
    let expected = try fixture.tensors("output")
    #expect(results.count == expected.count, "\(fixture.name): number of outputs")
    let upToSign = fixture.manifest["compare"] != nil
    for (index, (result, output)) in zip(results, expected).enumerated() {
      let description = fixture.manifest["outputs"]?[index]
      let dtype = description?["dtype"]?.string
      let shape = (description?["shape"]?.array ?? []).compactMap(\.int)
      // The files hold scalars as vectors of one element.
      let output = output.reshape(shape)
      #expect(
        result.dtype.rawValue == dtype, "\(fixture.name) output/\(index): \(result.dtype), expected \(dtype ?? "")")
      try expectClose(
        upToSign ? result.absolute() : result, upToSign ? output.absolute() : output, "\(fixture.name) output/\(index)")
    }
    if !upToSign, try fixture.tensor("cotangent/0") != nil { try checkGradient(arguments) }
  }

  /// The gradient of Σ cotangent · output with respect to each tensor that has one in the fixture.
  private func checkGradient(_ arguments: CallArguments) throws {
    let roles = fixture.tensorNames.filter { $0.hasPrefix("\(fixture.name)/gradient/") }.sorted()
      .map { String($0.dropFirst(fixture.name.count + 1)) }
    let values = arguments.tensors
    let buffers = try values.map { try $0.buffer() }
    let cotangents = try fixture.tensors("cotangent")
    let places = try roles.map { role in
      let tensor = try #require(try fixture.tensor(String(role.dropFirst("gradient/".count))))
      let buffer = try tensor.buffer()
      return try #require(buffers.firstIndex { $0.type == buffer.type && $0.doubles() == buffer.doubles() })
    }
    let function = try CompiledFunction.trace(buffers.map(\.type), training: false) { trace, inputs in
      var rest = inputs.makeIterator()
      let outputs = try OperationRegistry.call(self.function, arguments.map { rest.next() ?? $0 })
      if let failure = outputs.lazy.compactMap(\.failure).first { throw failure }
      var total = Tensor(0)
      for (output, cotangent) in zip(outputs, cotangents) { total = total + (output * cotangent).sum() }
      let gradients = trace.builder.gradients(
        of: trace.lift(total), withRespectTo: places.map { trace.lift(inputs[$0]) })
      return gradients.map { Tensor(.traced(trace, $0)) }
    }
    for (role, gradient) in zip(roles, try function.run(buffers)) {
      try expectClose(Tensor(gradient), try #require(try fixture.tensor(role)), "\(fixture.name) \(role)")
    }
  }
}
