import ModelFiles
import Testing

@testable import Keras

/// Every layer against real Keras: outputs, masks, shapes, weights, config, gradients, three training steps.
@Suite struct LayerFixtureTests {
  static let families = [
    "core", "convolutional", "pooling", "normalization", "activation", "merge", "noise", "preprocessing",
    "augmentation",
    "recurrent", "embedding", "attention",
    "locally_connected", "reshaping", "regularizers_constraints",
  ]

  @Test(arguments: families)
  func family(_ name: String) throws {
    CustomObjects.register(
      LambdaFunction("fixtures>scaled_square") { inputs, arguments in
        [inputs[0].square() * (arguments["factor"]?.double ?? 0.5)]
      })
    CustomObjects.register(MinimalCell.self, as: "fixtures>MinimalCell")
    let family = try FixtureFamily(name, folder: "layers")
    #expect(!family.cases.isEmpty)
    for fixture in family.cases {
      do {
        try LayerFixtureCheck(fixture).run()
      } catch {
        Issue.record("\(fixture.name): \(error)")
      }
    }
    try LayerErrors.write(family: name)
  }
}

/// One case: the layer made from its config, fed with the case's tensors.
struct LayerFixtureCheck {
  let fixture: FixtureCase
  let layer: Layer
  private let unmasked: [Tensor]
  private let masks: [Tensor?]
  /// Fresh ones each time: a layer may take their masks off.
  var inputs: [Tensor] { zip(unmasked, masks).map { $0.masked(by: $1) } }

  init(_ fixture: FixtureCase) throws {
    self.fixture = fixture
    let (className, config) = try #require(serializedObject(fixture.manifest["layer"] ?? nil))
    layer = try LayerRegistry.make(className, config)
    masks = try (0..<16).map { try fixture.tensor("mask/\($0)") }
    unmasked = try fixture.tensors("input")
  }

  func run() throws {
    try checkConfig()
    try checkInference()
    try checkSymbolicShapes()
    if ["train", "gradient"].contains(fixture.manifest["mode"]?.string) { try checkTraining() }
  }

  /// Arguments of the call with `inputs` in the place of the case's.
  private func arguments(_ inputs: [Tensor]) throws -> CallArguments {
    var keyword: [String: Argument] = [:]
    for (name, value) in fixture.manifest["call"]?.object ?? [:] { keyword[name] = try fixture.argument(value) }
    switch fixture.manifest["style"]?.string {
    case "list": return CallArguments([.list(inputs.map(Argument.tensor))], keyword: keyword)
    case "arguments":
      for (input, description) in zip(inputs, fixture.manifest["inputs"]?.array ?? []) {
        keyword[try #require(description["name"]?.string)] = .tensor(input)
      }
      return CallArguments([], keyword: keyword)
    default: return CallArguments([.tensor(try #require(inputs.first))], keyword: keyword)
    }
  }

  /// The weights in a role; the files hold scalars as vectors of one element.
  private func weights(_ role: String) throws -> [Tensor] {
    zip(try fixture.tensors(role), fixture.manifest["weights"]?.array ?? []).map { value, weight in
      weight["shape"]?.array?.isEmpty == true ? value.reshape([]) : value
    }
  }

  private func checkConfig() throws {
    let given = try #require(fixture.manifest["layer"]?["config"]?.object)
    let written = layer.config.merging(layer.baseConfig)
    for (key, value) in given {
      let own = written[key]
      #expect(
        own.map { sameConfig($0, value) } ?? false,
        "\(fixture.name): config \(key) is \(own?.description ?? "missing"), expected \(value)")
    }
    for key in written.keys where given[key] == nil {
      Issue.record("\(fixture.name): config has \(key), which Keras does not write")
    }
  }

  private func checkInference() throws {
    try layer.buildIfNeeded(arguments(inputs))
    let expected = fixture.manifest["weights"]?.array ?? []
    #expect(
      layer.weights.map { $0.shape.dimensions } == expected.map { ($0["shape"]?.array ?? []).compactMap(\.int) },
      "\(fixture.name): weight shapes")
    #expect(
      layer.weights.map { $0.path.split(separator: "/").last }
        == expected.map {
          $0["path"]?.string?.split(separator: "/").last
        }, "\(fixture.name): weight names")
    #expect(
      layer.weights.map { weight in layer.trainableWeights.contains { $0 === weight } }
        == expected.map { $0["trainable"]?.bool }, "\(fixture.name): trainable weights")
    try layer.setWeights(weights("weight"))
    var call = 1
    var role = "output"
    while case let outputs = try fixture.tensors(role), !outputs.isEmpty {
      let results = layer.apply(try arguments(inputs))
      if let failure = results.first?.failure { throw failure }
      #expect(results.count == outputs.count, "\(fixture.name): number of outputs")
      for (index, (result, output)) in zip(results, outputs).enumerated() {
        LayerErrors.note(
          fixture, .output, try expectClose(result, output, "\(fixture.name) \(role)/\(index)"))
        if call == 1 {
          let mask = try fixture.tensor("output_mask/\(index)")
          #expect((result.mask == nil) == (mask == nil), "\(fixture.name): output \(index) carries a mask")
          if let mask, let own = result.mask { try expectClose(own, mask, "\(fixture.name) mask of output \(index)") }
        }
      }
      call += 1
      role = "output_of_call_\(call)"
    }
    try layer.setWeights(weights("weight"))
    for (index, output) in try fixture.tensors("training_output").enumerated() {
      try expectClose(
        layer.apply(try arguments(inputs), training: true)[index], output, "\(fixture.name) training_output/\(index)")
    }
  }

  private func checkSymbolicShapes() throws {
    guard let shapes = fixture.manifest["output_shapes"]?.array else { return }
    let symbols = inputs.map { Input(shape: $0.partialShape.dropFirst().map { $0 }, dtype: $0.dtype) }
    let (className, config) = try #require(serializedObject(fixture.manifest["layer"] ?? nil))
    let symbolic = try arguments(symbols).map { tensor in
      guard case .concrete = tensor.content else { return tensor }
      return Input(shape: tensor.partialShape.dropFirst().map { $0 }, dtype: tensor.dtype)
    }
    let results = try LayerRegistry.make(className, config).apply(symbolic)
    if let failure = results.first?.failure { throw failure }
    for (index, (result, shape)) in zip(results, shapes).enumerated() {
      let claimed = (shape.array ?? []).map(\.int)
      let computed = (fixture.manifest["outputs"]?.array?[index]["shape"]?.array ?? []).map(\.int)
      // Where Keras's inference contradicts what it computes, the latter counts.
      let agree = claimed.count == computed.count && zip(claimed, computed).allSatisfy(mayAgree)
      let expected = agree ? claimed : [nil] + computed.dropFirst()
      #expect(
        result.partialShape.count == expected.count && zip(result.partialShape, expected).allSatisfy(mayAgree),
        "\(fixture.name): symbolic shape \(describe(result.partialShape)), expected \(describe(expected))")
    }
  }

  private func checkTraining() throws {
    try layer.setWeights(weights("weight"))
    let trainer = try FixtureTrainer(layer: layer, targets: fixture.tensors("target")) { try self.arguments($0) }
    let gradients = try trainer.inputGradients(inputs)
    for index in inputs.indices {
      if let expected = try fixture.tensor("input_gradient/\(index)") {
        LayerErrors.note(
          fixture, .gradient,
          try expectClose(gradients[index], expected, "\(fixture.name) input_gradient/\(index)"))
      }
    }
    try layer.setWeights(weights("weight"))
    for (step, loss) in (fixture.manifest["losses"]?.array ?? []).compactMap(\.double).enumerated() {
      try expectClose(trainer.step(inputs), Tensor(loss), "\(fixture.name) loss of step \(step)")
    }
    for (index, expected) in try weights("trained").enumerated() {
      LayerErrors.note(
        fixture, .gradient,
        try expectClose(layer.weights[index].value, expected, "\(fixture.name) trained/\(index)"))
    }
  }
}

/// Whether two configs say the same: numbers by value, functions by name.
private func sameConfig(_ a: JSONValue, _ b: JSONValue) -> Bool {
  // Keras 2 writes a policy as its name alone.
  if let name = b.string, a["class_name"]?.string == "DTypePolicy" { return a["config"]?["name"]?.string == name }
  if let x = a.double, let y = b.double { return abs(x - y) <= 1e-6 * Swift.max(1, abs(y)) }
  if let x = a.array, let y = b.array { return x.count == y.count && zip(x, y).allSatisfy(sameConfig) }
  if let x = a.object, let y = b.object {
    // Absent and null members mean the same default; a layer inside tells the shapes it was built for, and a class of
    // one's own the Python module that it was written in.
    let keys = Set(x.keys).union(y.keys).subtracting(["build_config"])
      .subtracting(y["registered_name"]?.string == nil ? [] : ["module"])
    return keys.allSatisfy { sameConfig(x[$0] ?? nil, y[$0] ?? nil) }
  }
  return a == b
}
