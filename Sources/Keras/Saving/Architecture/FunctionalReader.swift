import ModelFiles

/// Rebuilds the calls of a functional model, each as soon as what it depends on is there.
struct FunctionalReader {
  private let config: Config
  private let name: String
  private var layers: [String: Layer] = [:]
  private var pending: [Pending] = []
  /// The layers, by their numbers in `pending`, whose next call waits for an output.
  private var waiting: [Place: [Int]] = [:]
  /// Outputs by layer and number of call.
  private var outputs: [String: [[Tensor]]] = [:]
  /// The number that the first call of a model inside this one goes by, among calls and among the outputs; 0 where
  /// nothing is said.
  private var firstCalls: [String: Int] = [:]
  private var firstOutputs: [String: Int] = [:]

  /// A layer with the calls of it that are in the file.
  private struct Pending {
    let layer: Layer
    let nodes: [JSONValue]
    /// How many calls have been made.
    var done = 0
    /// For how many outputs the next one waits.
    var missing = 0
  }

  /// A call of a layer by its number.
  private struct Place: Hashable {
    let layer: String
    let call: Int
  }

  init(_ config: Config) throws {
    self.config = config
    name = config["name"]?.string ?? "functional"
    for entry in config["layers"]?.array ?? [] {
      let layer = try ModelReader.layer(entry)
      let key = entry["name"]?.string ?? layer.name
      guard layers.updateValue(layer, forKey: key) == nil else {
        throw KerasError(.invalidFile, name, "two layers are called \(key)")
      }
      layer.name = key
      if let input = layer as? InputLayer {
        outputs[key] = [[input.output]]
      } else {
        pending.append(Pending(layer: layer, nodes: entry["inbound_nodes"]?.array ?? []))
      }
    }
    numberCallsOfModels()
  }

  /// Keras counts the making of a model as its call 0, so that calls of one inside another start with 1: Keras 2 does
  /// everywhere, Keras 3 where it lists the outputs.
  private mutating func numberCallsOfModels() {
    func visit(_ value: JSONValue) {
      guard let items = value.array else {
        for (_, member) in value.object ?? [:] { visit(member) }
        return
      }
      if let name = items.first?.string, layers[name] is Model, items.count >= 3, let call = items[1].int, call >= 0 {
        firstCalls[name] = min(firstCalls[name] ?? call, call)
      }
      for item in items { visit(item) }
    }
    guard pending.contains(where: { $0.nodes.first?.array != nil }),
      !pending.contains(where: { $0.nodes.first?.object != nil })
    else {
      for (name, layer) in layers where FunctionalConfig.countsItsMaking(layer) { firstOutputs[name] = 1 }
      return
    }
    for entry in pending { entry.nodes.forEach(visit) }
    visit(config["output_layers"] ?? nil)
    firstOutputs = firstCalls
  }

  mutating func model() throws -> Model {
    try makeCalls()
    var graph = try FunctionalGraph.withOwnInputs(
      inputs: tensors("input_layers"), outputs: tensors("output_layers"), name: name)
    graph.inputStructure = TensorStructure(references: config["input_layers"] ?? nil)
    graph.outputStructure = TensorStructure(references: config["output_layers"] ?? nil)
    let model = Model(name: name)
    try model.connect(graph)
    ModelReader.freeze(model, config)
    return model
  }

  /// Makes every call as soon as what it waits for is there.
  private mutating func makeCalls() throws {
    var ready = Array(pending.indices)
    var next = 0
    while next < ready.count {
      let index = ready[next]
      next += 1
      let (layer, nodes) = (pending[index].layer, pending[index].nodes)
      while pending[index].done < nodes.count {
        var missing: Set<Place> = []
        guard let arguments = try arguments(nodes[pending[index].done], of: layer, &missing) else {
          pending[index].missing = missing.count
          for place in missing { waiting[place, default: []].append(index) }
          break
        }
        let function = layer as? TensorFlowFunction
        let results = try function?.results(arguments) ?? layer.apply(arguments)
        if let failure = results.first?.failure { throw failure }
        // Of constants alone Keras computes numbers once, with weights that are not those of the file.
        if function == nil, case .concrete? = results.first?.content {
          throw KerasError(.invalidFile, layer.name, "is called on constants alone, so that it is no part of the model")
        }
        let place = Place(layer: layer.name, call: outputs[layer.name]?.count ?? 0)
        outputs[layer.name, default: []].append(results)
        pending[index].done += 1
        for waiter in waiting.removeValue(forKey: place) ?? [] {
          pending[waiter].missing -= 1
          if pending[waiter].missing == 0 { ready.append(waiter) }
        }
      }
    }
    let rest = pending.filter { $0.done < $0.nodes.count }
    guard rest.isEmpty else {
      throw KerasError(
        .invalidFile, name,
        "the calls of \(rest.prefix(5).map(\.layer.name).joined(separator: ", ")) depend on "
          + "layers that are not there, or on each other")
    }
  }

  /// The tensors that a list of [layer, call, output] names.
  private func tensors(_ key: String) throws -> [Tensor] {
    try TensorStructure.leaves(config[key] ?? nil).map { reference in
      let layer = reference[0]?.string ?? ""
      let first = firstOutputs[layer, default: 0]
      guard let listed = reference[1]?.int, listed >= first,
        let tensor = tensor(layer, listed - first + firstCalls[layer, default: 0], reference[2]?.int)
      else {
        throw KerasError(
          .invalidFile, name, "\(key) names \(reference.excerpt), which is no output of a layer in the model")
      }
      return tensor
    }
  }

  /// The output that [layer, call, output] names, or `nil`, with a note of the call, while it is not there yet.
  private func tensor(_ layer: String, _ reference: JSONValue?, _ missing: inout Set<Place>) -> Tensor? {
    let (call, output) = (reference?[1]?.int, reference?[2]?.int)
    if let tensor = tensor(layer, call, output) { return tensor }
    let first = firstCalls[layer, default: 0]
    if let call, call >= first { missing.insert(Place(layer: layer, call: call - first)) }
    return nil
  }

  private func tensor(_ layer: String, _ call: Int?, _ output: Int?) -> Tensor? {
    let first = firstCalls[layer, default: 0]
    guard let call, call >= first, let output, let calls = outputs[layer], calls.indices.contains(call - first),
      calls[call - first].indices.contains(output)
    else { return nil }
    return calls[call - first][output]
  }

  /// The arguments of a call, or `nil` while tensors among them are not there yet; `missing` are the calls that give
  /// them.
  private func arguments(_ node: JSONValue, of layer: Layer, _ missing: inout Set<Place>) throws -> CallArguments? {
    if let items = node.array {
      return try legacyArguments(items, isFunction: layer is TensorFlowFunction, &missing)
    }
    let given = node["args"]?.array ?? []
    var positional: [Argument] = []
    for value in given {
      if let argument = try argument(value, &missing) { positional.append(argument) }
    }
    var keyword: [String: Argument] = [:]
    let named = node["kwargs"]?.object ?? [:]
    for (name, value) in named { keyword[name] = try argument(value, &missing) }
    guard positional.count == given.count, keyword.count == named.count else { return nil }
    var arguments = CallArguments(positional, keyword: keyword)
    arguments.keepsTraining = node[FunctionalConfig.keepsTrainingKey]?.bool == true
    return arguments
  }

  /// Keras 2 writes a call as a list of [layer, call, output, keyword arguments].
  private func legacyArguments(
    _ items: [JSONValue], isFunction: Bool, _ missing: inout Set<Place>
  ) throws -> CallArguments? {
    var keyword: [String: Argument] = [:]
    guard let inputs = try legacyInputs(.array(items), &keyword, &missing) else { return nil }
    // A layer's single input stands in a list of one; a function's does so where it is one.
    var first = inputs
    if !isFunction, case .list(let parts) = inputs, parts.count == 1 { first = parts[0] }
    var arguments = CallArguments([first], keyword: keyword)
    arguments.keepsTraining = keyword["training"] != nil
    return arguments
  }

  /// The first argument of a call of Keras 2: references and constants, in lists of any depth. Each holds the keyword
  /// arguments.
  private func legacyInputs(
    _ value: JSONValue, _ keyword: inout [String: Argument], _ missing: inout Set<Place>
  ) throws -> Argument? {
    guard let name = value[0]?.string else {
      guard let items = value.array else {
        throw KerasError(.invalidFile, self.name, "a call refers to what is no output of a layer: \(value.excerpt)")
      }
      var parts: [Argument] = []
      for item in items {
        if let part = try legacyInputs(item, &keyword, &missing) { parts.append(part) }
      }
      return parts.count == items.count ? .list(parts) : nil
    }
    var isComplete = true
    for (key, member) in value[3]?.object ?? [:] {
      if let argument = legacyArgument(member, &missing) { keyword[key] = argument } else { isComplete = false }
    }
    if name == "_CONSTANT_VALUE" { return isComplete ? .value(value[2] ?? nil) : nil }
    guard layers[name] != nil else {
      throw KerasError(.invalidFile, self.name, "a call refers to a layer that is not there: \(value.excerpt)")
    }
    guard let tensor = tensor(name, value, &missing), isComplete else { return nil }
    return .tensor(tensor)
  }

  /// A keyword argument of Keras 2: a tensor is [layer, call, output], alone or in lists. A slice with tensors for bounds
  /// becomes a list of its name and the bounds.
  private func legacyArgument(_ value: JSONValue, _ missing: inout Set<Place>) -> Argument? {
    guard holdsReference(value) else { return .value(value) }
    guard let items = value.array else {
      let bounds = ["start", "stop", "step"].compactMap { legacyArgument(value[$0] ?? nil, &missing) }
      return bounds.count == 3 ? .list([.value("__slice__")] + bounds) : nil
    }
    if isReference(value) { return tensor(items[0].string ?? "", value, &missing).map { .tensor($0) } }
    let parts = items.compactMap { legacyArgument($0, &missing) }
    return parts.count == items.count ? .list(parts) : nil
  }

  private func isReference(_ value: JSONValue) -> Bool {
    value.array?.count == 3 && value[0]?.string.map { layers[$0] != nil } == true && value[1]?.int != nil
  }

  private func holdsReference(_ value: JSONValue) -> Bool {
    if value.object?.count == 3, let start = value["start"], let stop = value["stop"], let step = value["step"] {
      return [start, stop, step].contains(where: isReference)
    }
    return isReference(value) || value.array?.contains(where: holdsReference) == true
  }

  private func argument(_ value: JSONValue, _ missing: inout Set<Place>) throws -> Argument? {
    if value["class_name"]?.string == "__keras_tensor__" {
      let history = value["config"]?["keras_history"]
      guard let layer = history?[0]?.string, layers[layer] != nil else {
        throw KerasError(.invalidFile, name, "a call refers to a layer that is not there: \(value.excerpt)")
      }
      return tensor(layer, history, &missing).map { .tensor($0) }
    }
    if Tensor.isSerialized(value) { return .tensor(try Tensor(serialized: value, of: "\(name), a constant")) }
    // Inputs in a dictionary count in the order of the keys.
    let members = value["class_name"] == nil ? value.object : nil
    guard let items = value.array ?? members.map({ object in object.keys.sorted().map { object[$0] ?? nil } }) else {
      return .value(value)
    }
    var list: [Argument] = []
    for item in items {
      if let argument = try argument(item, &missing) { list.append(argument) }
    }
    guard list.count == items.count else { return nil }
    let hasTensors = list.contains { if case .value = $0 { false } else { true } }
    return hasTensors ? .list(list) : .value(value)
  }
}
