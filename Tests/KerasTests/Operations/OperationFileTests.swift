import Foundation
import Graph
import ModelFiles
import Testing

@testable import Keras

/// Functions of a program's tensors as calls of a model: written, they are what Keras reads under that class.
///
/// `KERAS_OPERATIONS=FOLDER` writes the models there, for `scripts/fixtures/op_nodes --reopen FOLDER` to open.
@Suite struct OperationFileTests {
  @Test(arguments: ["operations", "windows", "images", "signals"])
  func whatIsWrittenIsRead(_ name: String) throws {
    let family = try FixtureFamily(name, folder: "operations")
    for fixture in family.cases {
      do { try check(fixture) } catch { Issue.record("\(fixture.name): \(error)") }
    }
  }

  private func check(_ fixture: FixtureCase) throws {
    let function = try #require(fixture.manifest["operation"]?.string)
    var call = SymbolicCall(fixture: fixture)
    let arguments = try call.arguments()
    guard !call.inputs.isEmpty, !OperationFixtureTests.absent.contains(function) else { return }
    let outputs = try OperationRegistry.call(function, arguments)
    if let failure = outputs.lazy.compactMap(\.failure).first { throw failure }
    let model = try Model(inputs: call.inputs, outputs: outputs)
    let expected = try results(model, call.values)
    let again = try Model.fromJSON(model.toJSON())
    let found = try results(again, call.values)
    #expect(found.count == expected.count, "\(fixture.name): number of outputs")
    for (a, b) in zip(found, expected) {
      let closeness = try Closeness(a, b)
      #expect(closeness.worst <= 1, "\(fixture.name): \(closeness.description)")
    }
    for case let operation as OperationLayer in model.graph?.layers ?? [] {
      try checkParameters(operation, fixture.name)
    }
    if let folder = ProcessInfo.processInfo.environment["KERAS_OPERATIONS"] {
      // Some operations Keras cannot open at all, and they are refused.
      try? model.save("\(folder)/\(fixture.name.replacing("/", with: "-")).keras")
    }
  }

  /// What is written are parameters of Keras's class: of its constructor in the config, of its call in the calls.
  private func checkParameters(_ operation: OperationLayer, _ name: String) throws {
    let known = try #require(Self.parameters[operation.operationClass], "\(operation.operationClass) is not Keras's")
    let config = known["config"]?.array?.compactMap(\.string) ?? []
    let call = known["call"]?.array?.compactMap(\.string) ?? []
    let strange = operation.operationConfig.keys.filter { !config.contains($0) }
    #expect(strange.isEmpty, "\(name): \(operation.operationClass) takes no \(strange)")
    for node in operation.inboundNodes {
      let arguments = node.arguments
      let fits = call.contains { $0.hasPrefix("*") } || arguments.positional.count <= call.count
      #expect(fits, "\(name): \(operation.operationClass) takes \(call)")
      let others = arguments.keyword.keys.filter { !call.contains($0) && !call.contains { $0.hasPrefix("**") } }
      #expect(others.isEmpty, "\(name): a call of \(operation.operationClass) takes no \(others)")
    }
  }

  private static let parameters: JSONObject = {
    guard let base = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/operations/modules.json"),
      let json = try? JSONValue(parsing: ByteSource(path: base.path).bytes())
    else { return [:] }
    return json["parameters"]?.object ?? [:]
  }()

  private func results(_ model: Model, _ values: [Tensor]) throws -> [Tensor] {
    let inputs = values.map(Argument.tensor)
    let results = model.apply(CallArguments([inputs.count == 1 ? inputs[0] : .list(inputs)]))
    if let failure = results.lazy.compactMap(\.failure).first { throw failure }
    return results
  }
}

/// The arguments of a case with inputs of a model in place of its tensors.
private struct SymbolicCall {
  let fixture: FixtureCase
  private(set) var inputs: [Tensor] = []
  private(set) var values: [Tensor] = []

  init(fixture: FixtureCase) { self.fixture = fixture }

  mutating func arguments() throws -> CallArguments {
    var positional: [Argument] = []
    for value in fixture.manifest["arguments"]?.array ?? [] { positional.append(try argument(value)) }
    var keyword: [String: Argument] = [:]
    for (name, value) in fixture.manifest["keywords"]?.object ?? [:] { keyword[name] = try argument(value) }
    return CallArguments(positional, keyword: keyword)
  }

  private mutating func argument(_ value: JSONValue) throws -> Argument {
    if let indices = value["index"]?.array { return .value(OperationFixtureTests.index(indices)) }
    if let role = value["tensor"]?.string {
      let tensor = try #require(try fixture.tensor(role))
      values.append(tensor)
      inputs.append(InputLayer(batchShape: tensor.shape.dimensions, dtype: tensor.dtype).output)
      return .tensor(inputs[inputs.count - 1])
    }
    guard let items = value.array else { return .value(value) }
    var list: [Argument] = []
    for item in items { list.append(try argument(item)) }
    return list.contains { if case .value = $0 { false } else { true } } ? .list(list) : .value(value)
  }
}
