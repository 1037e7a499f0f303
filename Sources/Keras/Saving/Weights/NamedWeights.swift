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
    for variable in model.weights {
      if let array = byName.removeValue(forKey: names[variable]) {
        plan.match(variable, array)
      } else {
        plan.miss(variable)
      }
    }
    for array in arrays where byName[array.name] != nil { plan.leave(array) }
    return plan
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
