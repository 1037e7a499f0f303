import ModelFiles

/// A layer that makes other weights than a file has for it.
struct LayerDisagreement {
  let layer: Layer
  /// The shapes in the file.
  let stored: [[Int]]
  /// The layer's weights in the file's order.
  let weights: (Layer) -> [Variable]

  private var className: String { type(of: layer).className }

  /// The layer, and the argument whose other value would make the file's weights.
  var description: String {
    let subject = "\(layer.name) (\(className))"
    for (key, value) in layer.config {
      for other in alternatives(to: value) where makesStoredWeights(key, other) {
        return "\(subject) has \(key) \(value.excerpt), the file's weights are of \(other.excerpt)"
      }
    }
    let made = weights(layer).count
    return made == stored.count
      ? "\(subject) makes weights of other shapes"
      : "\(subject) makes \(made) weight\(made == 1 ? "" : "s"), the file has \(stored.count) for it"
  }

  /// What an argument may have been instead: the other of two values, or an extent in the file.
  private func alternatives(to value: JSONValue) -> [JSONValue] {
    switch value {
    case .bool(let flag): [.bool(!flag)]
    case .integer: Set(stored.joined()).sorted().map { JSONValue($0) }
    case .array(let items) where !items.isEmpty && items.allSatisfy { $0.int != nil }:
      stored.filter { $0.count >= items.count }.prefix(1).map { shape in
        JSONValue.array(shape.prefix(items.count).map { JSONValue($0) })
      }
    default: []
    }
  }

  private func makesStoredWeights(_ key: String, _ value: JSONValue) -> Bool {
    var config = layer.config.merging(layer.baseConfig)
    guard config[key] != value else { return false }
    config[key] = value
    // The variables' numbers are never asked for.
    let made: [[Int]]? = try? VariableInitialization.$isDeferred.withValue(true) {
      let other = try LayerRegistry.make(className, config)
      try other.buildIfNeeded(shapes: layer.buildInputShapes)
      return weights(other).map(\.shape.dimensions)
    }
    return made == stored
  }
}
