import ModelFiles

extension Inspection {
  /// A model's architecture as JSON.
  mutating func inspectConfig(_ source: ByteSource) {
    guard let value = attempt({ try JSONValue(parsing: source.bytes(), name: source.name) }) else { return }
    guard !WeightsIndex.isIndex(value) else {
      inspectIndex(value, source)
      return
    }
    guard let className = value["class_name"]?.string else {
      add("no model: an object of \((value.object?.keys ?? []).prefix(8).joined(separator: ", "))")
      return
    }
    let config = value["config"]
    // Keras 1 and early files of Keras 2 list a sequential model's layers without a name.
    let layers = config?["layers"]?.array ?? config?.array ?? []
    let name = config?["name"]?.string.map { " \"\($0)\"" } ?? ""
    add("Model: \(className)\(name), \(layers.count) layers")
    for layer in layers {
      let inner = layer["config"]?["layers"]?.array.map { ", \($0.count) layers" } ?? ""
      let name = layer["config"]?["name"]?.string ?? layer["name"]?.string ?? "?"
      add("\(name) (\(layer["class_name"]?.string ?? "?"))\(inner)", indent: 2)
    }
    for key in ["keras_version", "backend"] {
      if let text = value[key]?.string { add("\(key): \(text)") }
    }
    if let compile = value["compile_config"] { inspectCompilation(compile) }
  }

  /// Weights that are spread over several files.
  private mutating func inspectIndex(_ index: JSONValue, _ source: ByteSource) {
    guard let paths = attempt({ try WeightsIndex(index, path: source.name).paths }) else { return }
    add("Weights in \(paths.count) files")
    for path in paths {
      add(String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]))
      if let file = attempt({ try ByteSource(path: path) }) { inspectHDF5(file) }
    }
  }

  private mutating func inspectCompilation(_ compile: JSONValue) {
    let optimizer = compile["optimizer"]
    let rate = optimizer?["config"]?["learning_rate"].map { ", learning_rate \(named($0))" } ?? ""
    add("Compiled: \(optimizer.map(named) ?? "no optimizer")\(rate)")
    for key in ["loss", "metrics"] {
      if let value = compile[key], !value.isNull { add(shortened("\(key): \(named(value))"), indent: 2) }
    }
  }

  /// A serialized object by its class, a list by its members.
  private func named(_ value: JSONValue) -> String {
    if let items = value.array { return items.map(named).joined(separator: ", ") }
    if case .number(let number) = value { return "\(Float(number))" }
    return value["class_name"]?.string ?? value.string ?? value.description
  }
}
