/// The names under which a model's weights are known, each once.
///
/// A weight goes by its path, `dense/kernel`, as in Keras. Weights that share one, in models used side by side in
/// another, have the names of the models around them in front: `left/dense/kernel`, `right/dense/kernel`.
struct WeightNames {
  private var names: [ObjectIdentifier: String] = [:]

  init(_ model: Model) {
    var owners: [ObjectIdentifier: [String]] = [:]
    var seen: Set<ObjectIdentifier> = []
    func visit(_ layer: Layer, inside models: [String]) {
      guard seen.insert(ObjectIdentifier(layer)).inserted else { return }
      for variable in layer.ownVariables where owners[ObjectIdentifier(variable)] == nil {
        owners[ObjectIdentifier(variable)] = models
      }
      let inner = layer is Model ? models + [layer.name] : models
      for (_, sublayer) in layer.sublayers { visit(sublayer, inside: inner) }
    }
    for (_, layer) in model.sublayers { visit(layer, inside: []) }
    var taken: Set<String> = []
    let shared = Dictionary(grouping: model.weights, by: \.path).filter { $0.value.count > 1 }
    for variable in model.weights {
      var name = variable.path
      if shared[name] != nil {
        name = ((owners[ObjectIdentifier(variable)] ?? []) + [name]).joined(separator: "/")
      }
      names[ObjectIdentifier(variable)] = taken.insertUnique(name)
    }
  }

  subscript(variable: Variable) -> String { names[ObjectIdentifier(variable)] ?? variable.path }
}

extension Model {
  /// The names of `weights`, in the same order: what safetensors files and `WeightReport` call them.
  ///
  /// A weight goes by its path, `dense/kernel`. Weights of models inside the model that would share a path have the
  /// names of those models in front: `left/dense/kernel`.
  public var weightNames: [String] {
    let names = WeightNames(self)
    return weights.map { names[$0] }
  }
}

extension Set<String> {
  /// Inserts a name, with a number at its end where it is taken, and gives what was inserted.
  mutating func insertUnique(_ name: String) -> String {
    var candidate = name
    var count = 1
    while !insert(candidate).inserted {
      candidate = "\(name)_\(count)"
      count += 1
    }
    return candidate
  }
}
