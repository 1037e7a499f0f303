import ModelFiles

/// Weights by name, as safetensors and npz files hold them.
struct NamedWeights {
  private let arrays: [StoredArray]

  init(_ file: SafetensorsFile) throws {
    arrays = try file.names.map { StoredArray(name: $0, try file.array($0)) }
  }

  init(_ file: NPZFile) throws {
    arrays = try file.names.map { StoredArray(name: $0, try file.array($0)) }
  }

  func plan(for model: Model) -> WeightPlan {
    let names = WeightNames(model)
    var plan = WeightPlan(names)
    var byName = Dictionary(arrays.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let unnamed = model.weights.map { names[$0] }.filter { byName[$0] == nil }
    let otherNames = Self.matches(of: unnamed, among: Set(byName.keys).subtracting(model.weights.map { names[$0] }))
    for variable in model.weights {
      let name = names[variable]
      if let array = byName.removeValue(forKey: otherNames[name] ?? name) {
        plan.match(variable, array)
      } else {
        plan.miss(variable)
      }
    }
    for array in arrays where byName[array.name] != nil { plan.leave(array) }
    return plan
  }

  /// Names that stand for the same weights, one with further layers in front of the other: how many are there depends
  /// on whether the model was made by a program or read from a file. Names with several such counterparts have none.
  private static func matches(of names: [String], among others: Set<String>) -> [String: String] {
    let byEnd = Dictionary(grouping: names) { $0.split(separator: "/").suffix(2) }
    var found: [(name: String, other: String)] = []
    for other in others {
      for name in byEnd[other.split(separator: "/").suffix(2)] ?? []
      where other.hasSuffix("/" + name) || name.hasSuffix("/" + other) {
        found.append((name, other))
      }
    }
    let (counts, otherCounts) = (count(found.map(\.name)), count(found.map(\.other)))
    let unique = found.filter { counts[$0.name] == 1 && otherCounts[$0.other] == 1 }
    return Dictionary(uniqueKeysWithValues: unique.map { ($0.name, $0.other) })
  }

  private static func count(_ names: [String]) -> [String: Int] {
    names.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  /// Writes a model's weights as a safetensors file.
  static func saveSafetensors(_ model: Model, to path: String) throws {
    let writer = SafetensorsWriter(metadata: ["format": "keras", "keras_version": KerasVersion.current.description])
    let names = WeightNames(model)
    for variable in model.weights {
      guard let type = variable.elementType else { throw variable.notWritable }
      try writer.add(names[variable], elementType: type, shape: variable.shape.dimensions, contents: variable.write)
    }
    try AtomicFile.write(to: path) { file throws(ModelFileError) in try writer.write(to: file) }
  }
}
